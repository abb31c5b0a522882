package io.tidemark.nbd.protocol;

import java.util.Arrays;

/**
 * Extents of one context in one block status reply: lengths and flags in primitive arrays, since
 * there may be a hundred thousand.
 */
public final class Extents {
  private final boolean narrow;
  private final int blockBytes;
  private long[] lengths = new long[16];
  private long[] flags = new long[16];
  private int count;
  private long total;

  /**
   * @param narrow whether the context's flags have 32 bits by definition
   * @param blockBytes the export's smallest block
   */
  Extents(boolean narrow, int blockBytes) {
    this.narrow = narrow;
    this.blockBytes = blockBytes;
  }

  /**
   * @param length unsigned
   * @param requested the request's length: only the last extent may go beyond it
   */
  void add(long length, long flag, long requested) {
    if (length <= 0) {
      throw new IllegalReply("an extent is empty, or beyond 2^63 bytes");
    }
    if (total >= requested) {
      throw new IllegalReply("extents go on beyond the request");
    }
    if (narrow && flag >>> 32 != 0) {
      throw new IllegalReply("a status of 32 bits has more");
    }
    if (length < requested - total && length % blockBytes != 0) {
      // What is asked for next begins where it ends.
      throw new IllegalReply("an extent ends within a block");
    }
    if (count == lengths.length) {
      lengths = Arrays.copyOf(lengths, count * 2);
      flags = Arrays.copyOf(flags, count * 2);
    }
    lengths[count] = length;
    flags[count] = flag;
    count++;
    total = length > Long.MAX_VALUE - total ? Long.MAX_VALUE : total + length;
  }

  /** At least 1 once the reply is complete. */
  public int count() {
    return count;
  }

  /** Bytes, at least 1; the last may go beyond the request. */
  public long length(int index) {
    return lengths[index];
  }

  /** The status as the context defines it. */
  public long flags(int index) {
    return flags[index];
  }
}
