package io.tidemark.nbd.protocol;

import java.nio.ByteBuffer;

/** Tells content that is zero. Pure. */
public final class Zeroes {
  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

  private Zeroes() {}

  /** Whether all that remains of {@code content} is zero. */
  public static boolean isZero(ByteBuffer content) {
    for (int at = content.position(); at < content.limit(); at += ZEROES.capacity()) {
      int length = Math.min(ZEROES.capacity(), content.limit() - at);
      if (content.slice(at, length).mismatch(ZEROES.slice(0, length)) >= 0) {
        return false;
      }
    }
    return true;
  }
}
