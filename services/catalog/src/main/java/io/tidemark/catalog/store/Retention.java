package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Deletes what is only kept for a while. Ages are by the time of the statement: one that changes
 * within it finds no index.
 */
public final class Retention {
  private static final Duration A_DAY = Duration.ofDays(1);
  private static final Duration AUDIT = Duration.ofDays(400);
  private static final String DELIVERIES =
      """
      delete from webhook_delivery
      where state <> 'pending' and created_at < statement_timestamp() - interval '7 days'
        and (state <> 'dead' or created_at < statement_timestamp() - interval '30 days')\
      """;

  private final Database database;
  private final Duration inbox;
  private final Duration eventLog;

  public Retention(Database database, Duration inbox, Duration eventLog) {
    this.database = database;
    this.inbox = inbox;
    this.eventLog = eventLog;
  }

  /** Deletes once what is too old. */
  public Future<Void> prune() {
    return delete("inbox", "processed_at", inbox)
        .compose(done -> delete("outbox", "published_at", eventLog))
        .compose(done -> delete("event_log", "recorded_at", eventLog))
        .compose(done -> delete("idempotency", "created_at", A_DAY))
        .compose(done -> delete("login_attempt", "at", A_DAY))
        .compose(done -> delete("session", "expires_at", Duration.ZERO))
        .compose(done -> delete("audit", "at", AUDIT))
        .compose(done -> database.query(DELIVERIES, Tuple.tuple()).mapEmpty());
  }

  private Future<Void> delete(String table, String time, Duration age) {
    String sql =
        "delete from "
            + table
            + " where "
            + time
            + " < statement_timestamp() - make_interval(secs => $1)";
    return database.query(sql, Tuple.of((double) age.toSeconds())).mapEmpty();
  }
}
