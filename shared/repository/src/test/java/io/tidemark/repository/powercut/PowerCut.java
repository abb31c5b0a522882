package io.tidemark.repository.powercut;

/** The power has failed: the process is gone. No code may catch it. */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  PowerCut() {
    this(null);
  }

  PowerCut(Throwable cause) {
    super("the power has failed", cause, false, false);
  }
}
