package io.tidemark.catalog.point;

import io.tidemark.repository.Geometry;
import io.tidemark.repository.Node;
import io.tidemark.repository.Ref;
import io.tidemark.repository.Repository;
import java.nio.ByteBuffer;

/**
 * Which regions of a disk differ between two trees: bytes of blocks that differ, by buckets of
 * equal size. Equal subtrees are not looked into. Blocks.
 */
final class TreeDiff {
  /** Nodes that are read before leaves are compared as wholes: a few seconds' worth. */
  private static final int MOST_NODES = 20_000;

  private final Repository repository;
  private final long sizeBytes;
  private final long bucketBytes;
  private final long[] changed;
  private int nodesRead;
  private boolean exact = true;

  /** A tree; {@code height} 1 means that the root is a leaf node. */
  record Tree(Ref root, int height) {
    static Tree of(Ref root, long sizeBytes) {
      return new Tree(root, Geometry.height(sizeBytes));
    }
  }

  /**
   * @param sizeBytes the size of the newer disk
   */
  TreeDiff(Repository repository, long sizeBytes, int buckets) {
    this.repository = repository;
    this.sizeBytes = sizeBytes;
    long blocks = Math.max(1, Geometry.blocks(sizeBytes));
    // Whole blocks, so that each belongs to one bucket.
    long blocksEach = (blocks + buckets - 1) / buckets;
    this.bucketBytes = blocksEach * Geometry.BLOCK_BYTES;
    this.changed = new long[Math.toIntExact((blocks + blocksEach - 1) / blocksEach)];
  }

  /** Compares the newer tree with the older one. */
  PointChanges compare(Tree newer, Tree older) {
    Tree level = older;
    while (level.height() > newer.height()) {
      level = new Tree(child(level.root(), 0), level.height() - 1);
    }
    compare(newer.root(), newer.height(), level.root(), level.height(), 0);
    return new PointChanges(bucketBytes, exact, changed.clone());
  }

  /** The older one may be lower: then it is the first descendant of that height. */
  private void compare(Ref newer, int height, Ref older, int olderHeight, long firstBlock) {
    if (firstBlock * Geometry.BLOCK_BYTES >= sizeBytes
        || (height == olderHeight && newer.hash().equals(older.hash()))) {
      return;
    }
    if (height == 0) {
      add(firstBlock, 1);
    } else if (height == 1 && nodesRead > MOST_NODES) {
      exact = false;
      add(firstBlock, Geometry.FANOUT);
    } else {
      compareChildren(newer, height, older, olderHeight, firstBlock);
    }
  }

  private void compareChildren(Ref newer, int height, Ref older, int olderHeight, long firstBlock) {
    boolean level = height == olderHeight;
    Node newerNode = node(newer);
    Node olderNode = level ? node(older) : Node.NIL;
    long span = 1;
    for (int i = 1; i < height; i++) {
      span *= Geometry.FANOUT;
    }
    for (int i = 0; i < Geometry.FANOUT; i++) {
      boolean first = !level && i == 0;
      compare(
          newerNode.get(i),
          height - 1,
          first ? older : olderNode.get(i),
          first ? olderHeight : height - 1,
          firstBlock + i * span);
    }
  }

  private void add(long firstBlock, long blocks) {
    long at = firstBlock * Geometry.BLOCK_BYTES;
    long end = Math.min(sizeBytes, at + blocks * Geometry.BLOCK_BYTES);
    while (at < end) {
      int bucket = Math.toIntExact(at / bucketBytes);
      long next = Math.min(end, (bucket + 1) * bucketBytes);
      changed[bucket] += next - at;
      at = next;
    }
  }

  private Ref child(Ref ref, int index) {
    return node(ref).get(index);
  }

  private Node node(Ref ref) {
    if (ref.isNil()) {
      return Node.NIL;
    }
    nodesRead++;
    ByteBuffer bytes = ByteBuffer.allocate(Node.BYTES);
    repository.reader().read(ref, bytes);
    return Node.decode(bytes.flip());
  }
}
