package io.tidemark.catalog.access;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.Optional;

/** Who changed what, or tried to. */
public final class AuditLog {
  private static final int LONGEST = 2000;
  private static final String INSERT =
      """
      insert into audit (actor, role, address, operation, path, status, detail)
      values ($1, $2, $3, $4, $5, $6, $7)\
      """;

  private final Database database;

  AuditLog(Database database) {
    this.database = database;
  }

  /**
   * What was done.
   *
   * @param actor who, as {@link Caller#name}
   * @param detail why it was refused, if it was
   */
  public record Deed(
      String actor,
      Optional<String> role,
      String address,
      String operation,
      String path,
      int status,
      Optional<String> detail) {}

  /** A deed that was written down. */
  public record Entry(long id, Instant at, Deed deed) {}

  /** Writes down what was done. */
  public Future<Void> record(Deed deed) {
    return database
        .query(
            INSERT,
            Tuple.of(
                cut(deed.actor()),
                deed.role().orElse(null),
                deed.address(),
                deed.operation(),
                cut(deed.path()),
                deed.status(),
                deed.detail().map(AuditLog::cut).orElse(null)))
        .mapEmpty();
  }

  /** A page of what was done, newest first. */
  public Future<Page<Entry>> page(Optional<String> actor, Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending("select * from audit", new PageQuery.Column("id", Long.class))
            .where("actor = ?", actor)
            .after(cursor);
    return database.with(client -> query.run(client, limit, AuditLog::entry));
  }

  private static Entry entry(Row row) {
    return new Entry(
        row.getLong("id"),
        row.getOffsetDateTime("at").toInstant(),
        new Deed(
            row.getString("actor"),
            Optional.ofNullable(row.getString("role")),
            row.getString("address"),
            row.getString("operation"),
            row.getString("path"),
            row.getInteger("status"),
            Optional.ofNullable(row.getString("detail"))));
  }

  /** PostgreSQL takes no NUL in a text. */
  private static String cut(String text) {
    String clean = text.replace("\0", "");
    return clean.length() > LONGEST ? clean.substring(0, LONGEST) : clean;
  }
}
