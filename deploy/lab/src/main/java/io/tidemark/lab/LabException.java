package io.tidemark.lab;

import java.io.Serial;

/** The lab could not do what it was asked; the message says what, and what to do about it. */
public final class LabException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }
}
