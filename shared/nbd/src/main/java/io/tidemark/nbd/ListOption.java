package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.Text;
import io.tidemark.nbd.protocol.Wire;

/** LIST. */
record ListOption(Agreement agreement) implements Option {
  @Override
  public int code() {
    return Wire.OPT_LIST;
  }

  @Override
  public int maxReplies() {
    // The acknowledgement behind them is one more.
    return NbdClient.MAX_LISTED + 1;
  }

  @Override
  public boolean take(int type, ByteBuf data) {
    if (type != Wire.REP_SERVER) {
      return false;
    }
    long nameBytes = data.readableBytes() < 4 ? Long.MAX_VALUE : data.readUnsignedInt();
    if (nameBytes > data.readableBytes() || nameBytes > Wire.MAX_STRING_BYTES) {
      throw new IllegalReply("a listed export has a wrong length");
    }
    // The name is kept as it is, since it is what to connect with.
    String name = data.readCharSequence((int) nameBytes, UTF_8).toString();
    agreement.exports.add(new NbdExportName(name, Text.printable(data.toString(UTF_8))));
    return true;
  }

  @Override
  public void acknowledged() {
    // The list is whole.
  }

  @Override
  public String subject() {
    return "a list of its exports";
  }
}
