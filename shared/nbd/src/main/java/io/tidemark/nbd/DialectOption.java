package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;

/** EXTENDED_HEADERS, or STRUCTURED_REPLY for servers without them; both can be done without. */
record DialectOption(int code, Dialect dialect, Agreement agreement) implements Option {

  static DialectOption extendedHeaders(Agreement agreement) {
    return new DialectOption(Wire.OPT_EXTENDED_HEADERS, Dialect.EXTENDED, agreement);
  }

  static DialectOption structuredReplies(Agreement agreement) {
    return new DialectOption(Wire.OPT_STRUCTURED_REPLY, Dialect.STRUCTURED, agreement);
  }

  @Override
  public boolean wanted() {
    return agreement.dialect == Dialect.SIMPLE;
  }

  @Override
  public void acknowledged() {
    agreement.dialect = dialect;
  }

  @Override
  public boolean optional() {
    return true;
  }

  @Override
  public String subject() {
    return "replies in chunks";
  }
}
