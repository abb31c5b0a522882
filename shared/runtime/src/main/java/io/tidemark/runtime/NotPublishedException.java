package io.tidemark.runtime;

/** An event could not be published: no broker took it in time. Trying again later may help. */
public final class NotPublishedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotPublishedException(String message, Throwable cause) {
    super(message, cause);
  }
}
