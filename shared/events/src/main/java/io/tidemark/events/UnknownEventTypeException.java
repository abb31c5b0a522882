package io.tidemark.events;

/** A CloudEvent of a type that this version doesn't know: perhaps a newer one does. */
public final class UnknownEventTypeException extends UnreadableEventException {
  private static final long serialVersionUID = 1L;

  public UnknownEventTypeException(String type) {
    super("unknown event type '" + type + "'");
  }
}
