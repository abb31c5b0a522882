package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Wire;

/** GO, and INFO, which asks the same without opening the export. */
record ExportOption(int code, String export, Agreement agreement) implements Option {

  static ExportOption go(String export, Agreement agreement) {
    return new ExportOption(Wire.OPT_GO, export, agreement);
  }

  static ExportOption info(String export, Agreement agreement) {
    return new ExportOption(Wire.OPT_INFO, export, agreement);
  }

  @Override
  public ByteBuf data() {
    ByteBuf data = Unpooled.buffer();
    Option.writeString(data, export);
    return data.writeShort(1).writeShort(Wire.INFO_BLOCK_SIZE);
  }

  @Override
  public boolean take(int type, ByteBuf data) {
    if (type != Wire.REP_INFO) {
      return false;
    }
    agreement.info.take(data);
    return true;
  }

  @Override
  public void acknowledged() {
    agreement.info.requireComplete();
  }

  @Override
  public String subject() {
    return "the export '" + export + "'";
  }
}
