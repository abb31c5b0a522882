package io.tidemark.cli;

/** The API could not be asked; it may well be there in a moment, as after a restart. */
final class NotNow extends CliFailure {
  private static final long serialVersionUID = 1L;

  NotNow(String message) {
    super(message);
  }

  NotNow(String message, Throwable cause) {
    super(message, cause);
  }
}
