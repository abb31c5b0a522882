package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/** Deletes what is only kept for a while. */
public final class Retention {
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
        .compose(done -> delete("event_log", "recorded_at", eventLog));
  }

  private Future<Void> delete(String table, String time, Duration age) {
    String sql =
        "delete from "
            + table
            + " where "
            + time
            + " < clock_timestamp() - make_interval(secs => $1)";
    return database.query(sql, Tuple.of((double) age.toSeconds())).mapEmpty();
  }
}
