package io.tidemark.standalone;

/** Tidemark can't start; the message is the one sentence that says why and what to do. */
public final class StartupFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartupFailure(String message) {
    super(message);
  }

  StartupFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
