package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.util.function.Consumer;

/**
 * Turns dirty extents into ranges worth reading: whole blocks, neighbours joined, gaps of one block
 * read through (cheaper than another request), nothing across the end of a leaf.
 */
final class DirtyRanges {

  private static final long MAX_GAP_BYTES = Geometry.BLOCK_BYTES;

  private final long sizeBytes;
  private final Consumer<ByteRange> out;
  private long start;
  private long end;

  /**
   * @param sizeBytes of the disk; nothing is read beyond
   * @param out gets the ranges in order, each within one leaf
   */
  DirtyRanges(long sizeBytes, Consumer<ByteRange> out) {
    this.sizeBytes = sizeBytes;
    this.out = out;
  }

  /** The next dirty extent; extents come in order of their offsets and may touch. */
  void add(long offset, long lengthBytes) {
    long from = Math.max(offset - offset % Geometry.BLOCK_BYTES, end);
    long to = Math.min(blockEnd(Math.min(offset + lengthBytes, sizeBytes)), sizeBytes);
    while (from < to) {
      long leafEnd = (from / Geometry.LEAF_SPAN_BYTES + 1) * Geometry.LEAF_SPAN_BYTES;
      long pieceEnd = Math.min(to, leafEnd);
      addWithinLeaf(from, pieceEnd);
      from = pieceEnd;
    }
  }

  /** No more extents come. */
  void finish() {
    if (end > start) {
      out.accept(new ByteRange(start, end - start));
      start = end;
    }
  }

  private void addWithinLeaf(long from, long to) {
    boolean sameLeaf = from / Geometry.LEAF_SPAN_BYTES == start / Geometry.LEAF_SPAN_BYTES;
    if (end == start || !sameLeaf || from - end > MAX_GAP_BYTES) {
      finish();
      start = from;
    }
    end = to;
  }

  private static long blockEnd(long offset) {
    return (offset + Geometry.BLOCK_BYTES - 1) / Geometry.BLOCK_BYTES * Geometry.BLOCK_BYTES;
  }
}
