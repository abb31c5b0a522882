package io.tidemark.converter;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** SHA-256 of a whole raw file or device, which is opened for reading only; as slow as the disk. */
final class RawHash {
  private static final int BUFFER_BYTES = 1 << 20;

  private final WorkerExecutor workers;

  RawHash(Vertx vertx) {
    this.workers = vertx.createSharedWorkerExecutor("tidemark-raw-hash", 2, 7, TimeUnit.DAYS);
  }

  /** Lower-case hexadecimal; fails with {@link ConversionRefused} if the disk can't be read. */
  Future<String> of(Path raw) {
    return workers.executeBlocking(() -> hash(raw), false);
  }

  private static String hash(Path raw) {
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.READ)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      while (channel.read(buffer) >= 0) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new ConversionRefused(raw + " can't be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
