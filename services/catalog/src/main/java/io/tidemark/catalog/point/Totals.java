package io.tidemark.catalog.point;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.StreamSupport;

/** Sums over all restore points, which triggers of the database keep. */
public final class Totals {
  private static final String DAYS =
      """
      select day::date as day, coalesce(points, 0) as points,
        coalesce(changed_bytes, 0) as changed, coalesce(stored_bytes, 0) as stored
      from generate_series((clock_timestamp() at time zone 'UTC')::date - 29,
        (clock_timestamp() at time zone 'UTC')::date, interval '1 day') as series (day)
      left join day_total using (day) order by day\
      """;

  /**
   * What there is now.
   *
   * @param logicalBytes what the points would take as full copies
   * @param storedBytes what their packs take
   */
  public record Repository(long points, long logicalBytes, long storedBytes) {}

  /** What the points of a day had changed and added. */
  public record Day(LocalDate day, long points, long changedBytes, long storedBytes) {}

  /** What there is now. */
  public Future<Repository> repository(SqlClient client) {
    return client
        .preparedQuery("select points, logical_bytes, stored_bytes from repository_total")
        .execute()
        .map(rows -> rows.iterator().next())
        .map(row -> new Repository(row.getLong(0), row.getLong(1), row.getLong(2)));
  }

  /** The last 30 days by UTC, the oldest first. */
  public Future<List<Day>> days(SqlClient client) {
    return client
        .preparedQuery(DAYS)
        .execute()
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row ->
                    new Day(
                        row.getLocalDate("day"),
                        row.getLong("points"),
                        row.getLong("changed"),
                        row.getLong("stored")))
                .toList());
  }
}
