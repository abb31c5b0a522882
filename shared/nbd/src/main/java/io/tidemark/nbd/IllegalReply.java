package io.tidemark.nbd;

/**
 * The server breaks the protocol; the connection turns it into {@link NbdException.Protocol} with
 * the URI.
 */
final class IllegalReply extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IllegalReply(String how) {
    super(how, null, false, false);
  }
}
