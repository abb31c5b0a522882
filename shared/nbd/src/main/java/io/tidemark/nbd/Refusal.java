package io.tidemark.nbd;

/**
 * The server won't do what is asked; the handshake turns it into {@link NbdException.Refused} with
 * the URI.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what goes on after "the NBD server"
   */
  Refusal(String what) {
    super(what, null, false, false);
  }
}
