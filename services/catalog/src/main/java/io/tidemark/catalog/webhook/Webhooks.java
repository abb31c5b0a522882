package io.tidemark.catalog.webhook;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.access.Secrets;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.events.CloudEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The webhooks that are registered. */
public final class Webhooks {
  private static final String COLUMNS =
      """
      id, url, events, active, version, created_at,
        (select count(*) from webhook_delivery where webhook_id = webhook.id and state = 'pending') as pending,
        (select count(*) from webhook_delivery where webhook_id = webhook.id and state = 'dead') as dead\
      """;
  private static final String INSERT =
      "insert into webhook (id, url, events, active, secret) values ($1, $2, $3, $4, $5) returning "
          + COLUMNS;
  private static final String UPDATE =
      "update webhook set url = $3, events = $4, active = $5, version = version + 1"
          + " where id = $1 and version = $2 returning "
          + COLUMNS;

  private final Vertx vertx;
  private final Database database;
  private final WebhookTargets targets;
  private final Secrets secrets = new Secrets();
  private final Set<String> types = new TreeSet<>();

  /**
   * @param allowPrivate whether to loopback and private addresses too, there also without TLS
   */
  public Webhooks(Vertx vertx, Database database, boolean allowPrivate) {
    this.vertx = vertx;
    this.database = database;
    this.targets = new WebhookTargets(allowPrivate);
    new CloudEvents().types().values().forEach(type -> types.add(type.getSimpleName()));
  }

  /** What somebody wants. */
  public record Wanted(String url, List<String> events, boolean active) {
    public Wanted {
      events = List.copyOf(events);
    }
  }

  /** A webhook that was just made. */
  public record Made(Webhook webhook, String secret) {}

  /** Registers a webhook; fails with a {@link Refusal} if nothing may be delivered there. */
  public Future<Made> make(Wanted wanted) {
    String secret = "whs_" + secrets.secret();
    return judged(wanted)
        .compose(judged ->
            database.one(
                INSERT,
                Tuple.of(
                    secrets.id(),
                    wanted.url(),
                    wanted.events().toArray(String[]::new),
                    wanted.active(),
                    secret),
                Webhooks::webhook))
        .map(made -> new Made(made.orElseThrow(), secret));
  }

  /** Changes a webhook if it is still of that version; empty if it is not. */
  public Future<Optional<Webhook>> change(String id, long version, Wanted wanted) {
    return judged(wanted)
        .compose(judged ->
            database.one(
                UPDATE,
                Tuple.of(
                    id,
                    version,
                    wanted.url(),
                    wanted.events().toArray(String[]::new),
                    wanted.active()),
                Webhooks::webhook));
  }

  /** A page of webhooks, newest first. */
  public Future<Page<Webhook>> page(Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending(
                "select " + COLUMNS + " from webhook",
                new PageQuery.Column("created_at", OffsetDateTime.class),
                new PageQuery.Column("id", String.class))
            .after(cursor);
    return database.with(client -> query.run(client, limit, Webhooks::webhook));
  }

  /** The webhook of that id; fails with a {@link Refusal} if there is none. */
  public Future<Webhook> get(String id) {
    return database
        .one("select " + COLUMNS + " from webhook where id = $1", Tuple.of(id), Webhooks::webhook)
        .map(found -> found.orElseThrow(() -> missing(id)));
  }

  /** Removes a webhook and its deliveries; fails with a {@link Refusal} if there is none. */
  public Future<Void> remove(String id) {
    return database
        .query("delete from webhook where id = $1", Tuple.of(id))
        .compose(rows ->
            rows.rowCount() == 1 ? Future.succeededFuture() : Future.failedFuture(missing(id)));
  }

  private Future<WebhookTargets.Target> judged(Wanted wanted) {
    return wanted.events().stream()
        .filter(type -> !types.contains(type))
        .findFirst()
        .map(type ->
            Future.<WebhookTargets.Target>failedFuture(
                new Refusal(
                    Refusal.Kind.INVALID,
                    "There is no type of events '"
                        + type
                        + "': there are "
                        + String.join(", ", types)
                        + ".")))
        .orElseGet(() -> vertx.executeBlocking(() -> targets.resolve(wanted.url()), false));
  }

  private static Refusal missing(String id) {
    return new Refusal(
        Refusal.Kind.NOT_FOUND, "There is no webhook '" + id + "': look at the list of webhooks.");
  }

  private static Webhook webhook(Row row) {
    return new Webhook(
        row.getString("id"),
        row.getString("url"),
        List.of(row.getArrayOfStrings("events")),
        row.getBoolean("active"),
        row.getLong("version"),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getLong("pending"),
        row.getLong("dead"));
  }
}
