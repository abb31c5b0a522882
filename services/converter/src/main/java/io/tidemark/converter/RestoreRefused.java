package io.tidemark.converter;

/** A restore that is not done, with the sentence that tells the user why and what to do. */
final class RestoreRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RestoreRefused(String message) {
    super(message);
  }

  RestoreRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
