package io.tidemark.nbd;

import java.util.Arrays;

/**
 * Extents of one block status reply: lengths and flags in primitive arrays, since there may be a
 * hundred thousand.
 */
final class Extents {
  private int[] lengths = new int[16];
  private int[] flags = new int[16];
  private int count;
  private long total;

  /**
   * @param requested the request's length: only the last extent may go beyond it
   */
  void add(long length, int flag, long requested) {
    if (length == 0) {
      throw new IllegalReply("an extent is empty");
    }
    if (total >= requested) {
      throw new IllegalReply("extents go on beyond the request");
    }
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, count * 2);
      flags = Arrays.copyOf(flags, count * 2);
    }
    lengths[count] = (int) length;
    flags[count] = flag;
    count++;
    total += length;
  }

  int count() {
    return count;
  }

  long length(int index) {
    return Integer.toUnsignedLong(lengths[index]);
  }

  long flags(int index) {
    return Integer.toUnsignedLong(flags[index]);
  }
}
