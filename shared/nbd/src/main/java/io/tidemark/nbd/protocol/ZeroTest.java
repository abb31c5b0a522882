package io.tidemark.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/**
 * Whether all bytes of a read are zero. They are looked at as they come, while the processor has
 * them in its cache: later, each would have to come from memory again. Stops at the first other
 * byte, so that what is not zero costs next to nothing.
 */
final class ZeroTest {
  private boolean passed = true;

  /** Looks at bytes that have come. */
  void look(ByteBuf bytes, int index, int length) {
    if (passed) {
      for (ByteBuffer part : bytes.nioBuffers(index, length)) {
        passed &= Zeroes.isZero(part);
      }
    }
  }

  /** Whether all that has come is zero. */
  boolean passed() {
    return passed;
  }
}
