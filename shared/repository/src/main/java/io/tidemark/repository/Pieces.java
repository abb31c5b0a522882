package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Large aligned buffers for writing packs, and the threads that write them: a thread and a few
 * buffers for each pack that is written; reused. Any thread.
 */
final class Pieces implements AutoCloseable {

  /** Large enough for a disk's full speed with one write at a time. */
  static final int BYTES = 1 << 20;

  /** What memory, offset and length of a write past the page cache are multiples of. */
  static final int ALIGNMENT = 4096;

  private final Deque<ByteBuffer> idle = new ArrayDeque<>();
  private final ExecutorService threads;

  Pieces() {
    AtomicLong number = new AtomicLong();
    threads =
        Executors.newCachedThreadPool(work ->
            Thread.ofPlatform()
                .daemon()
                .name("repository-write-" + number.incrementAndGet())
                .unstarted(work));
  }

  /** An empty buffer of {@link #BYTES}, to be given back. */
  ByteBuffer take() {
    synchronized (idle) {
      ByteBuffer piece = idle.pollLast();
      if (piece != null) {
        return piece.clear();
      }
    }
    return ByteBuffer.allocateDirect(BYTES + ALIGNMENT).alignedSlice(ALIGNMENT).limit(BYTES);
  }

  void give(ByteBuffer piece) {
    synchronized (idle) {
      idle.addLast(piece);
    }
  }

  /**
   * Runs it on a thread of its own as soon as the write before it has succeeded; fails with its
   * failure.
   */
  CompletableFuture<ByteBuffer> writeAfter(
      Optional<CompletableFuture<ByteBuffer>> before, Callable<ByteBuffer> write) {
    return before
        .map(earlier -> earlier.thenApplyAsync(done -> attempt(write), threads))
        .orElseGet(() -> CompletableFuture.supplyAsync(() -> attempt(write), threads));
  }

  private static ByteBuffer attempt(Callable<ByteBuffer> write) {
    try {
      return write.call();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /** Whoever writes yet must end by itself. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
