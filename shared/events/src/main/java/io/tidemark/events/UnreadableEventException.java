package io.tidemark.events;

/**
 * A message is not an event that this version knows: not JSON, not a CloudEvent, an unknown type,
 * or data that don't fit the type.
 */
public final class UnreadableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnreadableEventException(String message) {
    super(message);
  }

  public UnreadableEventException(String message, Throwable cause) {
    super(message, cause);
  }
}
