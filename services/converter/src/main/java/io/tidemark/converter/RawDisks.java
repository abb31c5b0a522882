package io.tidemark.converter;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** Reads raw files and devices, which are never opened for anything else. Works on workers. */
final class RawDisks {
  private static final int BUFFER_BYTES = 1 << 20;

  private final WorkerExecutor workers;
  private volatile boolean closed;

  RawDisks(Vertx vertx) {
    this.workers = vertx.createSharedWorkerExecutor("tidemark-raw-disks", 2, 7, TimeUnit.DAYS);
  }

  /** Exact size in bytes; fails with {@link ConversionRefused} if the disk can't be opened. */
  Future<Long> size(Path raw) {
    return workers.executeBlocking(() -> read(raw, FileChannel::size), false);
  }

  /**
   * SHA-256 of all of it in lower-case hexadecimal, as slow as the disk; fails with {@link
   * ConversionRefused} if it can't be read.
   */
  Future<String> sha256(Path raw) {
    return workers.executeBlocking(() -> read(raw, this::sha256), false);
  }

  /** Ends what is being read, which then fails. */
  void close() {
    closed = true;
  }

  private interface Reading<T> {
    T of(FileChannel channel) throws IOException;
  }

  private static <T> T read(Path raw, Reading<T> reading) {
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.READ)) {
      return reading.of(channel);
    } catch (NoSuchFileException e) {
      throw new ConversionRefused("the raw disk " + raw + " does not exist", e);
    } catch (IOException e) {
      throw new ConversionRefused("the raw disk " + raw + " can't be read: " + e.getMessage(), e);
    }
  }

  private String sha256(FileChannel channel) throws IOException {
    MessageDigest digest = newDigest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    while (channel.read(buffer) >= 0) {
      if (closed) {
        throw new IOException("the converter is being stopped");
      }
      digest.update(buffer.flip());
      buffer.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
