package io.tidemark.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;

/** What a raw disk is filled with; the same bytes in every run. */
enum DiskContent {
  /** Nothing can be saved. */
  RANDOM,
  /** zstd halves it: the lines of a log. */
  HALF,
  /** Every page is noise and as much of zeroes: what generators of test data halve easily. */
  HALF_PAGES,
  /** 64 MiB of noise at the start, holes behind. */
  MOSTLY_EMPTY;

  private static final int CHUNK = 1 << 20;
  private static final int PAGE = 4 << 10;
  private static final long LITTLE = 64L << 20;

  /** Fills the file, which has its size already, and makes it durable. */
  void fill(Path raw, long sizeBytes) {
    Random random = new Random(name().hashCode());
    LogText text = new LogText(name().hashCode());
    long bytes = this == MOSTLY_EMPTY ? Math.min(LITTLE, sizeBytes) : sizeBytes;
    try (FileChannel channel = FileChannel.open(raw, StandardOpenOption.WRITE)) {
      byte[] chunk = new byte[CHUNK];
      for (long at = 0; at < bytes; at += CHUNK) {
        switch (this) {
          case HALF -> text.fill(chunk);
          case HALF_PAGES -> fillHalfOfEachPage(chunk, random);
          case RANDOM, MOSTLY_EMPTY -> random.nextBytes(chunk);
        }
        int length = (int) Math.min(CHUNK, bytes - at);
        channel.write(ByteBuffer.wrap(chunk, 0, length), at);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new BenchFailure(raw + " could not be filled: " + e.getMessage(), e);
    }
  }

  private static void fillHalfOfEachPage(byte[] chunk, Random random) {
    random.nextBytes(chunk);
    for (int page = 0; page < chunk.length; page += PAGE) {
      Arrays.fill(chunk, page + PAGE / 2, page + PAGE, (byte) 0);
    }
  }
}
