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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads raw files and devices, which are never opened for anything else. Works on workers. */
final class RawDisks {
  private static final Logger LOG = LoggerFactory.getLogger(RawDisks.class);
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

  /** As they are now, by path; of raw disks and images. One that can't be read is left out. */
  Future<Map<String, DiskState>> states(List<String> paths) {
    return workers.executeBlocking(
        () -> {
          Map<String, DiskState> states = new HashMap<>();
          for (String path : paths) {
            try {
              states.put(path, DiskState.of(Path.of(path)));
            } catch (IOException e) {
              LOG.info("{} can't be looked at: {}", path, TargetFile.why(e));
            }
          }
          return Map.copyOf(states);
        },
        false);
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
