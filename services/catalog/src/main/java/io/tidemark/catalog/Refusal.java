package io.tidemark.catalog;

/** A request that can't be met; the message is one sentence that says why and what to do. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What is in the way. */
  public enum Kind {
    /** The thing does not exist. */
    NOT_FOUND,
    /** The request makes no sense for the thing. */
    INVALID,
    /** Something else is going on with the thing. */
    CONFLICT,
    /** A part of the suite that is needed is not there now. */
    UNAVAILABLE
  }

  public Refusal(Kind kind, String message) {
    // The cause is the request: a stack trace would say nothing.
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What is in the way. */
  public Kind kind() {
    return kind;
  }
}
