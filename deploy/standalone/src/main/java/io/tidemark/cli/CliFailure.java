package io.tidemark.cli;

/**
 * A command that failed: the message is the one sentence on stderr that says what to do. Exit
 * status 1.
 */
public sealed class CliFailure extends RuntimeException permits NotNow {
  private static final long serialVersionUID = 1L;

  public CliFailure(String message) {
    super(message);
  }

  public CliFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
