package io.tidemark.catalog.live;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Writes down every event of the bus in one order, so that live views can be resumed. Heartbeats of
 * shards are left out: jobs show what they add up to.
 */
public final class EventJournal {
  /** The channel on which PostgreSQL says that there are new entries. */
  public static final String CHANNEL = "tidemark_event_log";

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Makes the order of ids the order of commits: a reader never misses a late one. */
  private static final String IN_ORDER = "select pg_advisory_xact_lock(8388070249166434409)";

  private static final String INSERT =
      """
      insert into event_log (source, event_id, type, event) values ($1, $2, $3, $4)
      on conflict do nothing\
      """;
  private static final String AFTER =
      "select id, type, event from event_log where id > $1 order by id limit $2";

  private final Vertx vertx;
  private final Database database;
  private final CloudEvents codec = new CloudEvents();
  private volatile boolean stopped;

  public EventJournal(Vertx vertx, Database database) {
    this.vertx = vertx;
    this.database = database;
  }

  /**
   * An entry.
   *
   * @param type the event's simple type name
   * @param event the CloudEvent as JSON
   */
  public record Entry(long id, String type, String event) {}

  /** The consumer that writes the journal, not started yet. */
  public EventConsumer consumer(Events events, String group) {
    EventConsumer consumer =
        events.consumer(
            group,
            Topic.INVENTORY,
            Topic.CONVERSIONS,
            Topic.BACKUPS,
            Topic.RESTORES,
            Topic.SHARDS,
            Topic.SHARD_FAILURES);
    codec.types().values().stream()
        .filter(type -> type != ShardProgress.class)
        .forEach(type -> record(consumer, type));
    return consumer;
  }

  /** The entries after {@code id}, oldest first. */
  public Future<List<Entry>> after(long id, int limit) {
    return database
        .query(AFTER, Tuple.of(id, limit))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Entry(row.getLong(0), row.getString(1), row.getString(2)))
                .toList());
  }

  /** The id of the newest entry; 0 if there is none. */
  public Future<Long> newest() {
    return database
        .one("select coalesce(max(id), 0) from event_log", Tuple.tuple(), row -> row.getLong(0))
        .map(newest -> newest.orElse(0L));
  }

  /** Lets go of events that wait for PostgreSQL. */
  public void stop() {
    stopped = true;
  }

  private <E extends Event> void record(EventConsumer consumer, Class<E> type) {
    consumer.onEnvelope(type, this::record);
  }

  private Future<Void> record(EventEnvelope<? extends Event> envelope) {
    return database
        .inTransaction(transaction -> record(transaction, envelope))
        .recover(failure ->
            failure instanceof DatabaseUnavailableException && !stopped
                ? vertx.timer(PAUSE.toMillis()).compose(tick -> record(envelope))
                : Future.failedFuture(failure));
  }

  private Future<Void> record(SqlConnection transaction, EventEnvelope<? extends Event> envelope) {
    String event = new String(codec.encode(envelope), StandardCharsets.UTF_8);
    String type = envelope.event().getClass().getSimpleName();
    return transaction
        .query(IN_ORDER)
        .execute()
        .compose(locked ->
            transaction
                .preparedQuery(INSERT)
                .execute(Tuple.of(envelope.source(), envelope.id(), type, event)))
        .compose(inserted -> transaction.query("notify " + CHANNEL).execute())
        .mapEmpty();
  }
}
