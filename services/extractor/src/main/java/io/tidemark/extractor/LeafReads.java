package io.tidemark.extractor;

import java.util.List;

/**
 * What is to be read of one leaf.
 *
 * @param ranges in order, each one NBD request
 */
record LeafReads(long leafIndex, List<ByteRange> ranges) {
  LeafReads {
    ranges = List.copyOf(ranges);
  }
}
