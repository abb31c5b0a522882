package io.tidemark.repository;

/** Visits a whole tree in the order of the disk. */
record TreeWalk(BlockReader reader, long sizeBytes) {

  /** What is met on the way; all offsets and lengths are bytes of the disk. */
  interface Visitor {

    /** A stored node, before what is below it. */
    default void node(Ref ref) {}

    /** A stored block. */
    void block(Ref ref, long offset, int length);

    /** A range that is all zero, as long as one nil reference covers. */
    default void zeroes(long offset, long length) {}
  }

  void walk(Ref root, Visitor visitor) {
    if (sizeBytes > 0) {
      walk(root, Geometry.height(sizeBytes), 0, visitor);
    }
  }

  /**
   * How many bytes of the disk a reference covers that starts at {@code offset} in a node of {@code
   * level}.
   */
  static long span(long sizeBytes, int level, long offset) {
    long whole =
        level == 0 ? Geometry.BLOCK_BYTES : Geometry.leavesUnder(level) * Geometry.LEAF_SPAN_BYTES;
    // A tree of maximal height may span more than a long can say.
    return whole <= 0 ? sizeBytes - offset : Math.min(whole, sizeBytes - offset);
  }

  private void walk(Ref ref, int level, long offset, Visitor visitor) {
    if (ref.isNil()) {
      visitor.zeroes(offset, span(sizeBytes, level, offset));
    } else if (level == 0) {
      visitor.block(ref, offset, (int) span(sizeBytes, 0, offset));
    } else {
      visitor.node(ref);
      walkChildren(reader.readNode(ref), level, offset, visitor);
    }
  }

  private void walkChildren(Node node, int level, long start, Visitor visitor) {
    long offset = start;
    for (int i = 0; i < Geometry.FANOUT && offset < sizeBytes; i++) {
      walk(node.get(i), level - 1, offset, visitor);
      offset += span(sizeBytes, level - 1, offset);
    }
  }
}
