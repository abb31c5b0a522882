package io.tidemark.catalog.webhook;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/** The queue of deliveries. */
public final class Deliveries {
  private static final String COLUMNS =
      """
      id, webhook_id, event_id, type, state, attempts, last_status, last_error, created_at,
        next_attempt_at, delivered_at\
      """;

  /**
   * Each is one catalog's for the time of the lease; a catalog that dies leaves it to others. A few
   * of each webhook, so that the backlog of one does not stand before the news of the others.
   */
  private static final String CLAIM =
      """
      with due as (
        select next.id from webhook cross join lateral (
          select id, next_attempt_at from webhook_delivery where webhook_id = webhook.id
            and state = 'pending' and next_attempt_at <= statement_timestamp()
          order by next_attempt_at limit $2 for update skip locked) next
        where active and webhook.id <> all($3)
        order by next.next_attempt_at limit $1)
      update webhook_delivery set attempts = attempts + 1,
        next_attempt_at = clock_timestamp() + interval '1 minute'
      from due, webhook where webhook_delivery.id = due.id and webhook.id = webhook_id
      returning webhook_delivery.id, webhook_id, webhook_delivery.type, body, attempts, url, secret\
      """;

  private static final String DELIVERED =
      """
      update webhook_delivery set state = 'delivered', next_attempt_at = null, last_status = $2,
        last_error = null, delivered_at = clock_timestamp() where id = $1 and state = 'pending'\
      """;
  private static final String RETRY =
      """
      update webhook_delivery set last_status = $2, last_error = $3,
        next_attempt_at = clock_timestamp() + make_interval(secs => $4)
      where id = $1 and state = 'pending'\
      """;
  private static final String DEAD =
      """
      update webhook_delivery set state = 'dead', next_attempt_at = null, last_status = $2,
        last_error = $3 where id = $1 and state = 'pending'\
      """;
  private static final String AGAIN =
      "update webhook_delivery set state = 'pending', attempts = 0, delivered_at = null,"
          + " next_attempt_at = clock_timestamp() where webhook_id = $1 and id = $2 returning "
          + COLUMNS;

  private final Database database;

  public Deliveries(Database database) {
    this.database = database;
  }

  /** One that is to be delivered now. */
  record Due(
      long id, String webhook, String type, String body, int attempts, String url, String secret) {}

  /** A page of a webhook's deliveries, newest first. */
  public Future<Page<Delivery>> page(
      String webhook, Optional<Delivery.State> state, Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending(
                "select " + COLUMNS + " from webhook_delivery",
                new PageQuery.Column("id", Long.class))
            .where("webhook_id = ?", (Object) webhook)
            .where("state = ?", state.map(Words::of))
            .after(cursor);
    return database.with(client -> query.run(client, limit, Deliveries::delivery));
  }

  /** Delivers one again, at once; fails with a {@link Refusal} if there is none. */
  public Future<Delivery> again(String webhook, long id) {
    return database
        .one(AGAIN, Tuple.of(webhook, id), Deliveries::delivery)
        .map(found ->
            found.orElseThrow(() ->
                new Refusal(
                    Refusal.Kind.NOT_FOUND,
                    "There is no delivery '" + id + "': look at the webhook's deliveries.")));
  }

  /**
   * Takes deliveries that are due.
   *
   * @param mostOfOne how many of one webhook
   * @param except webhooks of which none is wanted now
   */
  Future<List<Due>> claim(int most, int mostOfOne, Set<String> except) {
    return database
        .query(CLAIM, Tuple.of(most, mostOfOne, except.toArray(String[]::new)))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row ->
                    new Due(
                        row.getLong(0),
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getInteger(4),
                        row.getString(5),
                        row.getString(6)))
                .toList());
  }

  Future<Void> delivered(long id, int status) {
    return database.query(DELIVERED, Tuple.of(id, status)).mapEmpty();
  }

  Future<Void> retry(long id, Optional<Integer> status, String error, Duration pause) {
    return database
        .query(RETRY, Tuple.of(id, status.orElse(null), error, pause.toMillis() / 1000.0))
        .mapEmpty();
  }

  Future<Void> dead(long id, Optional<Integer> status, String error) {
    return database.query(DEAD, Tuple.of(id, status.orElse(null), error)).mapEmpty();
  }

  private static Delivery delivery(Row row) {
    return new Delivery(
        row.getLong("id"),
        row.getString("webhook_id"),
        row.getString("event_id"),
        row.getString("type"),
        Words.parse(Delivery.State.class, row.getString("state")),
        row.getInteger("attempts"),
        Optional.ofNullable(row.getInteger("last_status")),
        Optional.ofNullable(row.getString("last_error")),
        row.getOffsetDateTime("created_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("next_attempt_at"))
            .map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getOffsetDateTime("delivered_at")).map(OffsetDateTime::toInstant));
  }
}
