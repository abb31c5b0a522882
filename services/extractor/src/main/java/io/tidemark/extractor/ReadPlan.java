package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.util.ArrayList;
import java.util.List;

/**
 * What a shard reads, leaf by leaf.
 *
 * @param bytes of all reads together
 */
record ReadPlan(List<LeafReads> leaves, long bytes) {
  ReadPlan {
    leaves = List.copyOf(leaves);
  }

  /** Collects ranges, in order and each within one leaf, and cuts them to requests. */
  static final class Builder {
    private final int requestBytes;
    private final List<LeafReads> leaves = new ArrayList<>();
    private List<ByteRange> ranges = new ArrayList<>();
    private long bytes;

    Builder(int requestBytes) {
      this.requestBytes = requestBytes;
    }

    void add(ByteRange range) {
      if (!ranges.isEmpty() && leaf(range) != leaf(ranges.getFirst())) {
        closeLeaf();
      }
      for (long offset = range.offset(); offset < range.end(); offset += requestBytes) {
        ranges.add(new ByteRange(offset, Math.min(requestBytes, range.end() - offset)));
      }
      bytes += range.lengthBytes();
    }

    ReadPlan build() {
      if (!ranges.isEmpty()) {
        closeLeaf();
      }
      return new ReadPlan(leaves, bytes);
    }

    private void closeLeaf() {
      leaves.add(new LeafReads(leaf(ranges.getFirst()), ranges));
      ranges = new ArrayList<>();
    }

    private static long leaf(ByteRange range) {
      return range.offset() / Geometry.LEAF_SPAN_BYTES;
    }
  }
}
