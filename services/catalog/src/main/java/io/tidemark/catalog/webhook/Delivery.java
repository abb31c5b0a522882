package io.tidemark.catalog.webhook;

import java.time.Instant;
import java.util.Optional;

/** An event that was, is to be, or could not be delivered. */
public record Delivery(
    long id,
    String webhook,
    String eventId,
    String type,
    State state,
    int attempts,
    Optional<Integer> lastStatus,
    Optional<String> lastError,
    Instant createdAt,
    Optional<Instant> nextAttemptAt,
    Optional<Instant> deliveredAt) {

  /** How far it is. */
  public enum State {
    PENDING,
    DELIVERED,
    /** Given up; it can be delivered again by hand. */
    DEAD
  }
}
