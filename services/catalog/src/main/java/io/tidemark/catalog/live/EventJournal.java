package io.tidemark.catalog.live;

import io.tidemark.catalog.store.DataErrors;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ProgressEvent;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Writes down every event of the bus in one order, so that live views can be resumed. Heartbeats of
 * shards are left out: jobs show what they add up to.
 */
public final class EventJournal {
  /** The channel on which PostgreSQL says that there are new entries. */
  public static final String CHANNEL = "tidemark_event_log";

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * One statement, since there are many events. The lock makes the order of ids the order of
   * commits, so that a reader never misses a late one: an id is drawn after it is held.
   */
  private static final String RECORD =
      """
      with in_order as materialized (select pg_advisory_xact_lock(8388070249166434409)),
        recorded as (
          insert into event_log (source, event_id, type, event, domain_uuid, job_id)
          select $1, $2, $3, $4, coalesce($5, (select domain_uuid from job where id = $6)), $6
          from in_order
          on conflict do nothing)
      select pg_notify('%s', '')\
      """
          .formatted(CHANNEL);

  private static final String SELECT =
      "select id, type, event, domain_uuid, job_id, recorded_at from event_log";

  private static final PageQuery.Column BY_ID = new PageQuery.Column("id", Long.class);

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
   * @param domainUuid the VM that it is about
   * @param job the job that it is about
   */
  public record Entry(
      long id,
      String type,
      String event,
      Optional<String> domainUuid,
      Optional<String> job,
      Instant recordedAt) {}

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
        .filter(type -> !ProgressEvent.class.isAssignableFrom(type))
        .forEach(type -> record(consumer, type));
    return consumer;
  }

  /** The entries after {@code id} that are wanted, oldest first. */
  public Future<List<Entry>> after(long id, EventFilter filter, int limit) {
    PageQuery query =
        wanted(PageQuery.ascending(SELECT, BY_ID), filter).where("id > ?", (Object) id);
    return database.with(client -> query.run(client, limit, EventJournal::entry)).map(Page::items);
  }

  /** A page of the entries that are wanted, newest first. */
  public Future<Page<Entry>> page(EventFilter filter, Optional<String> cursor, int limit) {
    PageQuery query = wanted(PageQuery.descending(SELECT, BY_ID), filter).after(cursor);
    return database.with(client -> query.run(client, limit, EventJournal::entry));
  }

  /** The id of the oldest entry that is kept; empty if there is none. */
  public Future<Optional<Long>> oldest() {
    return database
        .one("select min(id) from event_log", Tuple.tuple(), row -> row.getLong(0))
        .map(found -> found.flatMap(Optional::ofNullable));
  }

  private static PageQuery wanted(PageQuery query, EventFilter filter) {
    query.where("domain_uuid = ?", filter.domainUuid()).where("job_id = ?", filter.job());
    return switch (filter.types().size()) {
      case 0 -> query;
      // An index has those of one type in order.
      case 1 -> query.where("type = ?", (Object) filter.types().iterator().next());
      default -> query.where("type = any(?)", (Object) filter.types().toArray(String[]::new));
    };
  }

  private static Entry entry(Row row) {
    return new Entry(
        row.getLong("id"),
        row.getString("type"),
        row.getString("event"),
        Optional.ofNullable(row.getString("domain_uuid")),
        Optional.ofNullable(row.getString("job_id")),
        row.getOffsetDateTime("recorded_at").toInstant());
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
    return DataErrors.permanent(envelope, database.query(RECORD, entry(envelope)))
        .<Void>mapEmpty()
        .recover(failure ->
            failure instanceof DatabaseUnavailableException && !stopped
                ? vertx.timer(PAUSE.toMillis()).compose(tick -> record(envelope))
                : Future.failedFuture(failure));
  }

  private Tuple entry(EventEnvelope<? extends Event> envelope) {
    String event = new String(codec.encode(envelope), StandardCharsets.UTF_8);
    EventSubject subject = EventSubject.of(new JsonObject(event).getJsonObject("data"));
    return Tuple.of(
        envelope.source(),
        envelope.id(),
        envelope.event().getClass().getSimpleName(),
        event,
        subject.domainUuid().orElse(null),
        subject.job().orElse(null));
  }
}
