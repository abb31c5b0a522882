package io.tidemark.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Whether all bytes of a read are zero. They are looked at as they come, while the processor has
 * them in its cache: later, each would have to come from memory again. Stops at the first other
 * byte, so that what is not zero costs next to nothing.
 */
final class ZeroTest {
  private static final ByteBuffer ZEROES = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

  private boolean passed = true;

  /** Looks at bytes that have come. */
  void look(ByteBuf bytes, int index, int length) {
    if (passed) {
      for (ByteBuffer part : bytes.nioBuffers(index, length)) {
        passed &= isZero(part);
      }
    }
  }

  /** Whether all that has come is zero. */
  boolean passed() {
    return passed;
  }

  private static boolean isZero(ByteBuffer bytes) {
    for (int at = 0; at < bytes.limit(); at += ZEROES.capacity()) {
      int length = Math.min(ZEROES.capacity(), bytes.limit() - at);
      if (bytes.slice(at, length).mismatch(ZEROES.slice(0, length)) >= 0) {
        return false;
      }
    }
    return true;
  }
}
