package io.tidemark.converter;

/** A conversion that is not done, with the sentence that tells the user why and what to do. */
final class ConversionRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConversionRefused(String message) {
    super(message);
  }

  ConversionRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
