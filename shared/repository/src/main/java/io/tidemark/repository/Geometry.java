package io.tidemark.repository;

/**
 * The shape of a disk's tree in format version 1: 64 KiB blocks, 256 references a node. All sizes
 * are bytes.
 */
public final class Geometry {

  /** Bytes of disk that one block holds; the last block of a disk may be shorter. */
  public static final int BLOCK_BYTES = 65_536;

  /** References in a node. */
  public static final int FANOUT = 256;

  /** Bytes of disk under one leaf node: 16 MiB. */
  public static final long LEAF_SPAN_BYTES = (long) FANOUT * BLOCK_BYTES;

  private Geometry() {}

  /**
   * How many blocks a disk of {@code sizeBytes} (0 or more) has; a short last block counts as one.
   */
  public static long blocks(long sizeBytes) {
    return ceilDiv(sizeBytes, BLOCK_BYTES);
  }

  /** How many leaf nodes cover a disk of {@code sizeBytes} (0 or more). */
  public static long leaves(long sizeBytes) {
    return ceilDiv(sizeBytes, LEAF_SPAN_BYTES);
  }

  /**
   * How many levels of nodes a disk of {@code sizeBytes} (0 or more) has; 1 means that the root is
   * a leaf node.
   */
  public static int height(long sizeBytes) {
    int height = 1;
    for (long nodes = leaves(sizeBytes); nodes > 1; nodes = ceilDiv(nodes, FANOUT)) {
      height++;
    }
    return height;
  }

  /**
   * How many bytes the block {@code index} has on a disk of {@code sizeBytes}: 64 KiB, or less for
   * the last one.
   */
  public static int blockLength(long sizeBytes, long index) {
    return Math.toIntExact(Math.min(BLOCK_BYTES, sizeBytes - index * BLOCK_BYTES));
  }

  /** How many leaves lie under one node of {@code level}, where level 1 is a leaf. */
  static long leavesUnder(int level) {
    return 1L << (8 * (level - 1));
  }

  private static long ceilDiv(long bytes, long unit) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A size is 0 bytes or more, not " + bytes);
    }
    return bytes / unit + (bytes % unit == 0 ? 0 : 1);
  }
}
