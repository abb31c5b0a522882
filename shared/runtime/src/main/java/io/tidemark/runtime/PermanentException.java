package io.tidemark.runtime;

/** A failure that trying again will not cure: the message is set aside, with this reason. */
public class PermanentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PermanentException(String message) {
    super(message);
  }

  public PermanentException(String message, Throwable cause) {
    super(message, cause);
  }
}
