package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** The table of what can be set while the catalog runs. */
public final class Settings {
  private static final String SELECT = "select version, at_risk_after_hours from setting";
  private static final String UPDATE =
      """
      update setting set version = version + 1, at_risk_after_hours = $2 where version = $1
      returning version, at_risk_after_hours\
      """;

  /**
   * What is set.
   *
   * @param version counts the changes
   */
  public record Values(long version, int atRiskAfterHours) {}

  /** What is set now. */
  public Future<Values> get(SqlClient client) {
    return client
        .preparedQuery(SELECT)
        .execute()
        .map(rows -> Database.first(rows, Settings::values).orElseThrow());
  }

  /** Sets it if nobody else has since {@code version}; empty if somebody has. */
  public Future<Optional<Values>> put(SqlClient client, long version, int atRiskAfterHours) {
    return client
        .preparedQuery(UPDATE)
        .execute(Tuple.of(version, atRiskAfterHours))
        .map(rows -> Database.first(rows, Settings::values));
  }

  private static Values values(Row row) {
    return new Values(row.getLong(0), row.getInteger(1));
  }
}
