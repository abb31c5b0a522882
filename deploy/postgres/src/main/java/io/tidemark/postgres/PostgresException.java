package io.tidemark.postgres;

/** The PostgreSQL of this machine can't be had; the message names its directory and the cause. */
public final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PostgresException(String message) {
    super(message);
  }

  public PostgresException(String message, Throwable cause) {
    super(message, cause);
  }
}
