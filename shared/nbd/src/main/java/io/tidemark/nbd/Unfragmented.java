package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Wire;

/**
 * Whether reads over a connection ask for an answer in one piece (DF): where the server offers it,
 * until it says once that this is too much for it. Safe to use from any thread.
 */
final class Unfragmented {
  private volatile boolean wanted;

  Unfragmented(boolean offered) {
    wanted = offered;
  }

  /** The command flags of a read. */
  int flags() {
    return wanted ? Wire.CMD_FLAG_DF : 0;
  }

  /** Whether a read failed since its answer does not fit one piece; then no more are asked so. */
  boolean refused(Throwable failure) {
    boolean tooLarge =
        failure instanceof NbdException.Server refusal && refusal.errno() == Wire.EOVERFLOW;
    if (tooLarge) {
      wanted = false;
    }
    return tooLarge;
  }
}
