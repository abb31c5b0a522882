package io.tidemark.extractor;

import io.tidemark.repository.Geometry;

/** Arithmetic on blocks. Pure. */
final class Blocks {

  private Blocks() {}

  /** The leaf that the block {@code index} lies in. */
  static long leafOf(long index) {
    return index / Geometry.FANOUT;
  }

  /** The place of the block {@code index} in its leaf. */
  static int slotOf(long index) {
    return (int) (index % Geometry.FANOUT);
  }
}
