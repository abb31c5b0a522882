package io.tidemark.catalog.store;

import io.tidemark.events.CloudEvents;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the outbox to Kafka. Of several catalogs one relays at a time, so that the events of one
 * key keep their order. Confined to the context that it is used from.
 */
public final class OutboxRelay {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
  private static final int BATCH = 100;

  /** Names the advisory lock of the one relay that runs. */
  private static final long LOCK = 0x7469_6465_6f75_7431L;

  private static final String LOCKED = "select pg_try_advisory_xact_lock($1)";
  private static final String NEXT =
      """
      select id, key, event from outbox where published_at is null
      order by id limit $1 for update skip locked\
      """;
  private static final String PUBLISHED =
      "update outbox set published_at = clock_timestamp() where id = any($1)";

  private final Database database;
  private final Events events;
  private final CloudEvents codec = new CloudEvents();
  private boolean running;
  private boolean again;
  private boolean failing;

  public OutboxRelay(Database database, Events events) {
    this.database = database;
    this.events = events;
  }

  /** Publishes what is waiting; at once or after the round that runs now. */
  public void wake() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    database.inTransaction(this::round).onComplete(this::ended);
  }

  private void ended(io.vertx.core.AsyncResult<Boolean> round) {
    running = false;
    if (round.failed()) {
      // What is unpublished stays; the next tick tries again.
      again = false;
      if (!failing) {
        LOG.warn("Events wait to be published: {}", round.cause().getMessage());
      }
      failing = true;
      return;
    }
    failing = false;
    if (again || round.result()) {
      again = false;
      wake();
    }
  }

  /** Returns whether there may be more to do at once. */
  private Future<Boolean> round(SqlConnection transaction) {
    return transaction
        .preparedQuery(LOCKED)
        .execute(Tuple.of(LOCK))
        .compose(rows ->
            rows.iterator().next().getBoolean(0)
                ? transaction
                    .preparedQuery(NEXT)
                    .execute(Tuple.of(BATCH))
                    .compose(batch -> publish(transaction, batch))
                : Future.succeededFuture(false));
  }

  private Future<Boolean> publish(SqlConnection transaction, RowSet<Row> batch) {
    if (batch.size() == 0) {
      return Future.succeededFuture(false);
    }
    Map<String, List<Row>> byKey = new LinkedHashMap<>();
    batch.forEach(row -> byKey.computeIfAbsent(row.getString(1), k -> new ArrayList<>()).add(row));
    List<Long> published = new ArrayList<>();
    List<Future<Void>> keys =
        byKey.values().stream().map(rows -> inOrder(rows, published)).toList();
    return Future.join(keys)
        .transform(all ->
            transaction
                .preparedQuery(PUBLISHED)
                .execute(Tuple.of(published.toArray(Long[]::new)))
                .map(all.succeeded() && batch.size() == BATCH)
                .onSuccess(marked -> logFailure(all.cause())));
  }

  private Future<Void> inOrder(List<Row> rows, List<Long> published) {
    Future<Void> chain = Future.succeededFuture();
    for (Row row : rows) {
      chain =
          chain
              .compose(before -> events.publish(codec.decode(bytes(row))))
              .onSuccess(sent -> published.add(row.getLong(0)));
    }
    return chain;
  }

  private void logFailure(Throwable failure) {
    if (failure != null) {
      LOG.warn("An event could not be published yet: {}", failure.getMessage());
    }
  }

  private static byte[] bytes(Row row) {
    return row.getString(2).getBytes(StandardCharsets.UTF_8);
  }
}
