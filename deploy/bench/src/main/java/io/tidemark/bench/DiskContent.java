package io.tidemark.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** What a raw disk is filled with; the same bytes in every run. */
enum DiskContent {
  /** Nothing can be saved. */
  RANDOM,
  /** zstd halves it: of every 4 KiB, half is noise and half is text. */
  HALF,
  /** 64 MiB of noise at the start, holes behind. */
  MOSTLY_EMPTY;

  private static final int CHUNK = 1 << 20;
  private static final int PAGE = 4096;
  private static final long LITTLE = 64L << 20;

  /** Fills the file, which has its size already, and makes it durable. */
  void fill(Path raw, long sizeBytes) {
    Random random = new Random(name().hashCode());
    long bytes = this == MOSTLY_EMPTY ? Math.min(LITTLE, sizeBytes) : sizeBytes;
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[CHUNK];
      for (long at = 0; at < bytes; at += CHUNK) {
        random.nextBytes(chunk);
        if (this == HALF) {
          thin(chunk);
        }
        int length = (int) Math.min(CHUNK, bytes - at);
        channel.write(ByteBuffer.wrap(chunk, 0, length), at);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new BenchFailure(raw + " could not be filled: " + e.getMessage(), e);
    }
  }

  private static void thin(byte[] chunk) {
    for (int page = 0; page < chunk.length; page += PAGE) {
      for (int i = page + PAGE / 2; i < page + PAGE; i++) {
        chunk[i] = (byte) "tidemark ".charAt(i % 9);
      }
    }
  }
}
