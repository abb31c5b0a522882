package io.tidemark.catalog.store;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;

/**
 * What the catalog says. An event put here in a transaction is published if and only if the
 * transaction commits, at least once, in the order of its key.
 */
public final class Outbox {
  static final String CHANNEL = "tidemark_outbox";
  private static final String SOURCE = "/tidemark/catalog";

  private final CloudEvents codec = new CloudEvents();

  /** Adds an event to be published when the transaction has committed. */
  public Future<Void> add(SqlConnection transaction, Event event) {
    String id = UUID.randomUUID().toString();
    byte[] message = codec.encode(new EventEnvelope<>(id, SOURCE, Instant.now(), event));
    return transaction
        .preparedQuery("insert into outbox (event_id, key, event) values ($1, $2, $3)")
        .execute(Tuple.of(id, event.key(), new String(message, StandardCharsets.UTF_8)))
        .compose(inserted -> transaction.query("notify " + CHANNEL).execute())
        .mapEmpty();
  }
}
