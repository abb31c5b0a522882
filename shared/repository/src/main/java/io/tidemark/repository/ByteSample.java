package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A look at some bytes of a block, to tell cheaply what compressing it is good for. Reused by one
 * thread.
 */
final class ByteSample {

  private static final int WINDOWS = 61;
  private static final int WINDOW_BYTES = 32;

  /** Fewer say nothing for certain; what is left of a block are runs, which cost no time. */
  private static final int FEWEST = 512;

  /**
   * Two bytes of noise are equal once in 256 times. Up to this many times as often, coding each by
   * its frequency would save three hundredths of them at most (Rényi entropy of 7.8 bits and more).
   */
  private static final double MOST_COLLISIONS = 1.15;

  private final int[] counts = new int[256];

  /**
   * Whether the bytes themselves look like noise, as those of encrypted and compressed data and of
   * pictures do: what can be saved on these are repetitions only. Runs of one byte are left out of
   * the count, so noise between zeroes is noise.
   *
   * @param source direct or not; its position does not move
   */
  boolean isNoise(ByteBuffer source, int offset, int length) {
    Arrays.fill(counts, 0);
    int stride = length / WINDOWS;
    if (stride < WINDOW_BYTES) {
      return false;
    }
    int counted = 0;
    for (int window = 0; window < WINDOWS; window++) {
      counted += count(source, offset + window * stride);
    }
    return counted >= FEWEST && collisions() * 256 < MOST_COLLISIONS * counted * (counted - 1L);
  }

  /** Counts the bytes of one window that differ from the one before; returns how many. */
  private int count(ByteBuffer source, int from) {
    int counted = 0;
    int before = Byte.toUnsignedInt(source.get(from));
    for (int at = from + 1; at < from + WINDOW_BYTES; at++) {
      int value = Byte.toUnsignedInt(source.get(at));
      if (value != before) {
        counts[value]++;
        counted++;
      }
      before = value;
    }
    return counted;
  }

  /** Ordered pairs of equal bytes. */
  private long collisions() {
    long pairs = 0;
    for (int count : counts) {
      pairs += count * (count - 1L);
    }
    return pairs;
  }
}
