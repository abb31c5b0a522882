package io.tidemark.catalog.http;

/** A request that is not understood; the message says what about it. */
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  BadRequest(String message) {
    this(400, message);
  }

  BadRequest(int status, String message) {
    // The cause is the request: a stack trace would say nothing.
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
