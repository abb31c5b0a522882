package io.tidemark.extractor;

import io.tidemark.repository.Geometry;

/** How many bytes are to be read of each leaf of a disk: four bytes of memory per 16 MiB. */
final class LeafLoads {

  private final int[] bytes;

  LeafLoads(long sizeBytes) {
    bytes = new int[Math.toIntExact(Geometry.leaves(sizeBytes))];
  }

  /** Adds a range, which lies within one leaf. */
  void add(ByteRange range) {
    bytes[(int) (range.offset() / Geometry.LEAF_SPAN_BYTES)] += (int) range.lengthBytes();
  }

  long total() {
    long total = 0;
    for (int leaf : bytes) {
      total += leaf;
    }
    return total;
  }

  /** Bytes by leaf index. */
  int[] perLeaf() {
    return bytes.clone();
  }
}
