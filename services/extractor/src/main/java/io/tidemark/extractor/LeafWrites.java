package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import io.tidemark.repository.Node;
import io.tidemark.repository.Ref;
import java.util.ArrayList;
import java.util.List;

/** Says what to write where, to bring one leaf back: neighbours joined. Pure. */
final class LeafWrites {

  private LeafWrites() {}

  /** One write. */
  sealed interface Write {
    ByteRange range();
  }

  /** Zeroes. */
  record Zeroes(ByteRange range) implements Write {}

  /**
   * Stored blocks.
   *
   * @param blocks in order, for all of the range
   */
  record Data(ByteRange range, List<Ref> blocks) implements Write {
    Data {
      blocks = List.copyOf(blocks);
    }
  }

  /**
   * The writes of a leaf, in order; together they cover all of it, up to the end of the disk.
   *
   * @param maxDataBytes longest write of data
   */
  static List<Write> of(Node node, long leafIndex, long sizeBytes, int maxDataBytes) {
    List<Write> writes = new ArrayList<>();
    long firstBlock = leafIndex * Geometry.FANOUT;
    int blocks = (int) Math.min(Geometry.FANOUT, Geometry.blocks(sizeBytes) - firstBlock);
    int maxBlocks = maxDataBytes / Geometry.BLOCK_BYTES;
    int from = 0;
    while (from < blocks) {
      boolean zero = node.get(from).isNil();
      int most = zero ? blocks : Math.min(blocks, from + maxBlocks);
      int to = from + 1;
      while (to < most && node.get(to).isNil() == zero) {
        to++;
      }
      writes.add(write(node, from, to, range(firstBlock + from, firstBlock + to, sizeBytes), zero));
      from = to;
    }
    return writes;
  }

  private static Write write(Node node, int from, int to, ByteRange range, boolean zero) {
    if (zero) {
      return new Zeroes(range);
    }
    List<Ref> refs = new ArrayList<>(to - from);
    for (int i = from; i < to; i++) {
      refs.add(node.get(i));
    }
    return new Data(range, refs);
  }

  private static ByteRange range(long fromBlock, long toBlock, long sizeBytes) {
    long offset = fromBlock * Geometry.BLOCK_BYTES;
    return new ByteRange(offset, Math.min(toBlock * Geometry.BLOCK_BYTES, sizeBytes) - offset);
  }
}
