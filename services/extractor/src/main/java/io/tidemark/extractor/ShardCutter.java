package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.util.ArrayList;
import java.util.List;

/** Cuts a disk at leaf boundaries into shards. Pure. */
final class ShardCutter {

  /** So many leaf references still fit well into one event. */
  static final int MAX_LEAVES = 4096;

  private ShardCutter() {}

  /**
   * Shards of about equal bytes to read, in order, that together cover every leaf with something to
   * read; none if there is nothing.
   *
   * @param leafBytes bytes to read of each leaf of the disk
   * @param targetBytes about how many bytes a shard should read; it reads less than that and one
   *     leaf more
   */
  static List<ByteRange> byLoad(long sizeBytes, int[] leafBytes, long targetBytes) {
    long total = 0;
    for (int bytes : leafBytes) {
      total += bytes;
    }
    long count = Math.max(1, (total + targetBytes - 1) / targetBytes);
    double ideal = (double) total / count;
    List<ByteRange> shards = new ArrayList<>();
    Load load = new Load();
    for (int leaf = 0; leaf < leafBytes.length; leaf++) {
      if (leafBytes[leaf] > 0) {
        load.add(leaf, leafBytes[leaf]);
      }
      if (load.bytes > 0 && (load.bytes >= ideal || load.leaves == MAX_LEAVES)) {
        shards.add(load.range(sizeBytes));
        load = new Load();
      }
    }
    if (load.bytes > 0) {
      shards.add(load.range(sizeBytes));
    }
    return shards;
  }

  /** Shards of equal spans that together cover the whole disk. */
  static List<ByteRange> evenly(long sizeBytes, long spanBytes) {
    long leaves = Math.clamp(spanBytes / Geometry.LEAF_SPAN_BYTES, 1, MAX_LEAVES);
    long span = leaves * Geometry.LEAF_SPAN_BYTES;
    List<ByteRange> shards = new ArrayList<>();
    for (long offset = 0; offset < sizeBytes; offset += span) {
      shards.add(new ByteRange(offset, Math.min(span, sizeBytes - offset)));
    }
    return shards;
  }

  /** What a shard in the making has to read. */
  private static final class Load {
    private long first;
    private long last;
    private int leaves;
    private long bytes;

    void add(int leaf, int leafBytes) {
      first = leaves == 0 ? leaf : first;
      last = leaf;
      leaves++;
      bytes += leafBytes;
    }

    ByteRange range(long sizeBytes) {
      long offset = first * Geometry.LEAF_SPAN_BYTES;
      long end = Math.min((last + 1) * Geometry.LEAF_SPAN_BYTES, sizeBytes);
      return new ByteRange(offset, end - offset);
    }
  }
}
