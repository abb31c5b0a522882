package io.tidemark.catalog.store;

import io.tidemark.events.EventEnvelope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the catalog has heard. Every event takes effect once, however often it comes: its id is
 * recorded in the transaction of its effect.
 */
public final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final String RECORD =
      "insert into inbox (source, event_id) values ($1, $2) on conflict do nothing";

  private final Vertx vertx;
  private final Database database;
  private volatile boolean stopped;

  public Inbox(Vertx vertx, Database database) {
    this.vertx = vertx;
    this.database = database;
  }

  /**
   * Lets {@code effect} happen unless the event was seen before.
   *
   * @return completes when it is committed. While PostgreSQL is away this waits, instead of
   *     failing: an event must not be set aside for that. Fails for good if the event holds what
   *     can't be recorded, see {@link DataErrors}
   */
  public Future<Void> once(
      EventEnvelope<?> envelope, Function<SqlConnection, Future<Void>> effect) {
    return once(envelope, effect, Duration.ofMillis(250));
  }

  /** Lets go of events that wait for PostgreSQL; they come again after the next start. */
  public void stop() {
    stopped = true;
  }

  private Future<Void> once(
      EventEnvelope<?> envelope, Function<SqlConnection, Future<Void>> effect, Duration pause) {
    return DataErrors.permanent(
            envelope, database.inTransaction(transaction -> record(transaction, envelope, effect)))
        .recover(failure -> {
          if (stopped || !(failure instanceof DatabaseUnavailableException)) {
            return Future.failedFuture(failure);
          }
          LOG.warn(
              "An event waits for the database: {} [event: {}]",
              failure.getMessage(),
              envelope.id());
          Duration next = pause.multipliedBy(2);
          return vertx
              .timer(pause.toMillis())
              .compose(tick ->
                  once(envelope, effect, next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next));
        });
  }

  private static Future<Void> record(
      SqlConnection transaction,
      EventEnvelope<?> envelope,
      Function<SqlConnection, Future<Void>> effect) {
    return transaction
        .preparedQuery(RECORD)
        .execute(Tuple.of(envelope.source(), envelope.id()))
        .compose(
            rows -> rows.rowCount() == 1 ? effect.apply(transaction) : Future.succeededFuture());
  }
}
