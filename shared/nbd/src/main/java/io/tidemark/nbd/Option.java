package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Wire;

/**
 * One option of the haggling ("Option types"): what is sent, and what the replies to it mean.
 * Throws {@code IllegalReply} at a reply that the protocol does not allow.
 */
interface Option {

  /** Its number. */
  int code();

  /** Whether it is of use, by what was agreed before it. */
  default boolean wanted() {
    return true;
  }

  /** What is sent with it. */
  default ByteBuf data() {
    return Unpooled.EMPTY_BUFFER;
  }

  /** How many replies it may have at most; servers that send more never end. */
  default int maxReplies() {
    return 1000;
  }

  /** Takes a reply before the last one; false if the option has no such reply. */
  default boolean take(int type, ByteBuf data) {
    return false;
  }

  /** The server has agreed. */
  void acknowledged();

  /** Whether the handshake may go on when the server refuses this. */
  default boolean optional() {
    return false;
  }

  /** What is refused, for a sentence. */
  String subject();

  /** Writes a string with its length before it. */
  static void writeString(ByteBuf data, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    data.writeInt(bytes.length).writeBytes(bytes);
  }

  /** STARTTLS: everything after its acknowledgement is encrypted. */
  record StartTls() implements Option {
    @Override
    public int code() {
      return Wire.OPT_STARTTLS;
    }

    @Override
    public void acknowledged() {
      // The connection turns to TLS before the next option.
    }

    @Override
    public String subject() {
      return "TLS";
    }
  }
}
