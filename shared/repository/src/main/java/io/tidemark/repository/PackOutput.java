package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The bytes of a pack being written, from its start to its end, in large pieces: a few are on their
 * way to the disk, one after the other, while the next is filled, so that a disk that hesitates
 * holds nobody up. Where the file system can, they go past the page cache (O_DIRECT): that costs a
 * fraction of the processor's time, and a backup does not push the memory of guests' disks out of
 * it. Not thread-safe.
 */
final class PackOutput implements AutoCloseable {

  /** Enough for a disk that is quick on the whole to be slow at times. */
  private static final int MOST_ON_THEIR_WAY = 4;

  /** That one pack has at a time: those on their way, and the one that is filled. */
  static final int MOST_PIECES = MOST_ON_THEIR_WAY + 1;

  private final TempFile file;
  private final Pieces pieces;
  private final Optional<FileChannel> direct;
  private ByteBuffer filling;
  private final Deque<Sent> onTheirWay = new ArrayDeque<>();

  /** How much of the file lies before the piece that is being filled. */
  private long base;

  private boolean closed;

  PackOutput(TempFile file, Pieces pieces) {
    this.file = file;
    this.pieces = pieces;
    // First: there may be no memory, and nothing must be open then that nobody closes.
    this.filling = pieces.take();
    this.direct = direct(file.path());
  }

  /** Where the next byte goes. */
  long position() {
    return base + filling.position();
  }

  /** Takes all that remains of {@code bytes}. An earlier write's failure may be thrown here. */
  void append(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int length = Math.min(bytes.remaining(), filling.remaining());
      filling.put(filling.position(), bytes, bytes.position(), length);
      filling.position(filling.position() + length);
      bytes.position(bytes.position() + length);
      if (!filling.hasRemaining()) {
        send();
      }
    }
  }

  /** Afterwards all bytes so far can be read from the file's own channel. */
  void settle() throws IOException {
    arriveAll();
    Durable.writeFully(file.channel(), filling.duplicate().flip(), base);
  }

  /** Writes what is left; returns the file's length. It need not be durable yet. */
  long finish() throws IOException {
    arriveAll();
    long end = position();
    if (direct.isPresent() && filling.position() > 0) {
      int padded =
          (filling.position() + Pieces.ALIGNMENT - 1) / Pieces.ALIGNMENT * Pieces.ALIGNMENT;
      while (filling.position() < padded) {
        filling.put((byte) 0);
      }
      write(filling.flip(), base);
      file.channel().truncate(end);
    } else {
      write(filling.flip(), base);
    }
    return end;
  }

  /**
   * Waits for what is on its way and closes what this opened, whatever became of it. The file's
   * lock ends with that, if not before.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      arriveAll();
    } catch (IOException e) {
      // Whoever closes without having finished does not want it any more.
    } finally {
      pieces.give(filling);
      if (direct.isPresent()) {
        direct.get().close();
      }
    }
  }

  /**
   * Sends the full piece off. The next one is had before: when there is none, the full one must
   * still be this pack's own, and not be on its way.
   */
  private void send() throws IOException {
    Optional<ByteBuffer> next = next();
    ByteBuffer full = filling.flip();
    long at = base;
    if (next.isEmpty()) {
      write(full, at);
      base += full.limit();
      full.clear();
      return;
    }
    filling = next.get();
    CompletableFuture<Void> before =
        onTheirWay.isEmpty()
            ? CompletableFuture.completedFuture(null)
            : onTheirWay.getLast().written();
    onTheirWay.addLast(new Sent(full, pieces.writeAfter(before, () -> write(full, at))));
    base += full.limit();
  }

  /** A piece to fill next, maybe after a wait; empty if this pack has no other and gets none. */
  private Optional<ByteBuffer> next() throws IOException {
    Optional<ByteBuffer> spare =
        onTheirWay.size() < MOST_ON_THEIR_WAY ? pieces.takeSpare() : Optional.empty();
    return spare.isPresent() || onTheirWay.isEmpty() ? spare : Optional.of(arrive().clear());
  }

  private void arriveAll() throws IOException {
    while (!onTheirWay.isEmpty()) {
      pieces.give(arrive());
    }
  }

  /**
   * Waits for the one that was sent first and returns its piece. A failure is that of the first
   * write that failed; those behind it were not tried.
   */
  private ByteBuffer arrive() throws IOException {
    try {
      uninterrupted(onTheirWay.getFirst().written());
      return onTheirWay.removeFirst().piece();
    } catch (ExecutionException e) {
      // Those behind it end with it.
      onTheirWay.forEach(sent -> pieces.give(sent.piece()));
      onTheirWay.clear();
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    }
  }

  /** The piece must not be given back while it is being written, so an interrupt has to wait. */
  private static void uninterrupted(CompletableFuture<Void> write) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          write.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write(ByteBuffer bytes, long at) throws IOException {
    Durable.writeFully(direct.orElseGet(file::channel), bytes, at);
  }

  /** Empty where the file system has no way past the page cache, or asks for another alignment. */
  private static Optional<FileChannel> direct(Path path) {
    try {
      return Files.getFileStore(path).getBlockSize() == Pieces.ALIGNMENT
          ? Optional.of(FileChannel.open(path, StandardOpenOption.WRITE, directOption()))
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException | ReflectiveOperationException e) {
      return Optional.empty();
    }
  }

  /**
   * {@code ExtendedOpenOption.DIRECT} of the module jdk.unsupported, by name: its use otherwise
   * gives a compiler warning that nothing can suppress.
   */
  private static OpenOption directOption() throws ReflectiveOperationException {
    Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
    return (OpenOption) options.getField("DIRECT").get(options);
  }

  /** A piece that is being written, or waits for that. */
  private record Sent(ByteBuffer piece, CompletableFuture<Void> written) {}
}
