package io.tidemark.catalog.webhook;

import java.time.Instant;
import java.util.List;

/**
 * A URL that events are posted to.
 *
 * @param events simple names of event types; none for all
 * @param version counts the changes
 * @param pending deliveries that wait
 * @param dead deliveries that were given up
 */
public record Webhook(
    String id,
    String url,
    List<String> events,
    boolean active,
    long version,
    Instant createdAt,
    long pending,
    long dead) {

  public Webhook {
    events = List.copyOf(events);
  }
}
