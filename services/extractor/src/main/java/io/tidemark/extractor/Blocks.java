package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.nio.ByteBuffer;

/** Arithmetic and tests on blocks. Pure. */
final class Blocks {

  private static final ByteBuffer ZEROES =
      ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES).asReadOnlyBuffer();

  private Blocks() {}

  /** Whether all that remains of {@code content} (at most one block) is zero. */
  static boolean isZero(ByteBuffer content) {
    return content.mismatch(ZEROES.slice(0, content.remaining())) < 0;
  }

  /** Bytes of the block {@code index} of a disk: the last one may be short. */
  static int length(long sizeBytes, long index) {
    return (int) Math.min(Geometry.BLOCK_BYTES, sizeBytes - index * Geometry.BLOCK_BYTES);
  }

  /** The leaf that the block {@code index} lies in. */
  static long leafOf(long index) {
    return index / Geometry.FANOUT;
  }

  /** The place of the block {@code index} in its leaf. */
  static int slotOf(long index) {
    return (int) (index % Geometry.FANOUT);
  }
}
