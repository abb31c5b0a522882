package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Large aligned buffers for writing packs, and the threads that write them: a thread and a buffer
 * for each pack that is written, and more buffers for all of them together; reused. Any thread.
 */
final class Pieces implements AutoCloseable {

  /** Large enough for a disk's full speed with one write at a time. */
  static final int BYTES = 1 << 20;

  /** What memory, offset and length of a write past the page cache are multiples of. */
  static final int ALIGNMENT = 4096;

  /** What eight packs have at full speed. Of more packs, some wait for their own disk. */
  private static final int MOST_WITH_SPARE_ONES = 40;

  private final Supplier<ByteBuffer> memory;
  private final int mostWithSpareOnes;

  /** By identity: buffers of the same content are equal. */
  private final Set<ByteBuffer> idle = Collections.newSetFromMap(new IdentityHashMap<>());

  private int lent;
  private final ExecutorService threads;

  Pieces() {
    this(Pieces::allocate, MOST_WITH_SPARE_ONES);
  }

  /**
   * @param memory makes a new piece
   * @param mostWithSpareOnes that are lent at a time, as far as those who have one ask for more
   */
  Pieces(Supplier<ByteBuffer> memory, int mostWithSpareOnes) {
    this.memory = memory;
    this.mostWithSpareOnes = mostWithSpareOnes;
    AtomicLong number = new AtomicLong();
    threads =
        Executors.newCachedThreadPool(work ->
            Thread.ofPlatform()
                .daemon()
                .name("repository-write-" + number.incrementAndGet())
                .unstarted(work));
  }

  /** The direct memory that so many packs being written take at most, in bytes. */
  static long mostBytes(int packs) {
    long most = Math.min((long) packs * PackOutput.MOST_PIECES, MOST_WITH_SPARE_ONES);
    return Math.max(packs, most) * (BYTES + ALIGNMENT);
  }

  /**
   * An empty buffer of {@link #BYTES}, to be given back.
   *
   * @throws OutOfMemoryError when there is no memory for one
   */
  ByteBuffer take() {
    synchronized (idle) {
      ByteBuffer piece = idle.isEmpty() ? memory.get() : idle.iterator().next();
      idle.remove(piece);
      lent++;
      return piece.clear();
    }
  }

  /** One more for who has one already; empty while so many are lent that it has to do without. */
  Optional<ByteBuffer> takeSpare() {
    synchronized (idle) {
      return lent < mostWithSpareOnes ? Optional.of(take()) : Optional.empty();
    }
  }

  /**
   * Takes a piece back.
   *
   * @throws IllegalStateException when it is here already: two packs would be written into it
   */
  void give(ByteBuffer piece) {
    synchronized (idle) {
      if (!idle.add(piece)) {
        throw new IllegalStateException("A piece was given back twice");
      }
      lent--;
    }
  }

  /**
   * Runs it on a thread of its own as soon as the write before it has succeeded; fails with its
   * failure, or when there can be no thread.
   */
  CompletableFuture<Void> writeAfter(CompletableFuture<Void> before, Write write) {
    return before.thenRunAsync(
        () -> {
          try {
            write.run();
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        threads);
  }

  /** A write of one piece. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException;
  }

  static ByteBuffer allocate() {
    return ByteBuffer.allocateDirect(BYTES + ALIGNMENT)
        .alignedSlice(ALIGNMENT)
        .limit(BYTES)
        .slice();
  }

  /** Whoever writes yet must end by itself. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
