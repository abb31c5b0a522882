package io.tidemark.nbd.protocol;

/**
 * The server breaks the protocol; the connection turns it into {@code NbdException.Protocol} with
 * the URI.
 */
public final class IllegalReply extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public IllegalReply(String how) {
    super(how, null, false, false);
  }
}
