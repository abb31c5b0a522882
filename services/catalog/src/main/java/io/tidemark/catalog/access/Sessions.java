package io.tidemark.catalog.access;

import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/**
 * The sessions of browsers. What the cookie holds changes now and then, so that a stolen one is not
 * good for long; a session ends after eight hours without a request, and after a day anyway.
 */
public final class Sessions {
  private static final String INSERT =
      """
      insert into session (id, account, csrf, expires_at)
      values ($1, $2, $3, clock_timestamp() + interval '8 hours') returning csrf, expires_at\
      """;
  private static final String FIND =
      """
      select session.id, account, role, csrf, expires_at,
        session.id = $1 and rotated_at < clock_timestamp() - interval '15 minutes' as stale
      from session join account on name = account
      where (session.id = $1 or (former_id = $1 and rotated_at > clock_timestamp() - interval '1 minute'))
        and expires_at > clock_timestamp()\
      """;
  private static final String AGAIN =
      """
      select account, role, csrf, expires_at from session join account on name = account
      where csrf = $1 and expires_at > clock_timestamp()\
      """;
  private static final String ROTATE =
      """
      update session set id = $2, former_id = id, rotated_at = clock_timestamp(),
        expires_at = least(clock_timestamp() + interval '8 hours', created_at + interval '1 day')
      where id = $1 and rotated_at < clock_timestamp() - interval '15 minutes'
      returning expires_at\
      """;
  private static final String LOGGED_IN =
      "update account set last_login_at = clock_timestamp() where name = $1";

  private final Database database;
  private final Secrets secrets;

  Sessions(Database database, Secrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /** Begins a session; its cookie is in {@link Caller.Session#renewed}. */
  public Future<Caller> begin(Account account) {
    String cookie = secrets.secret();
    return database
        .one(
            INSERT,
            Tuple.of(digest(cookie), account.name(), secrets.secret()),
            row -> session(row, Optional.of(cookie)))
        .compose(session ->
            database
                .query(LOGGED_IN, Tuple.of(account.name()))
                .map(new Caller(account.name(), account.role(), session)));
  }

  /** Whose session it is, with a new cookie if it is time for one. */
  Future<Optional<Caller>> caller(String cookie) {
    return database
        .one(FIND, Tuple.of(digest(cookie)), row -> row)
        .compose(found ->
            found
                .map(row ->
                    renewed(row)
                        .map(fresh ->
                            Optional.of(
                                new Caller(
                                    row.getString("account"),
                                    Words.parse(Role.class, row.getString("role")),
                                    Optional.of(session(row, fresh))))))
                .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  /** Whose session it is now, if it has not ended; its cookie may have changed meanwhile. */
  Future<Optional<Caller>> again(Caller.Session session) {
    return database.one(
        AGAIN,
        Tuple.of(session.csrf()),
        row ->
            new Caller(
                row.getString("account"),
                Words.parse(Role.class, row.getString("role")),
                Optional.of(session(row, Optional.empty()))));
  }

  /** Ends a session. */
  public Future<Void> end(String cookie) {
    return database
        .query("delete from session where id = $1 or former_id = $1", Tuple.of(digest(cookie)))
        .mapEmpty();
  }

  private Future<Optional<String>> renewed(Row row) {
    if (!row.getBoolean("stale")) {
      return Future.succeededFuture(Optional.empty());
    }
    String cookie = secrets.secret();
    return database
        .query(ROTATE, Tuple.of(row.getBuffer("id"), digest(cookie)))
        // Another request was first otherwise.
        .map(rows -> rows.rowCount() == 1 ? Optional.of(cookie) : Optional.empty());
  }

  private static Caller.Session session(Row row, Optional<String> renewed) {
    return new Caller.Session(
        row.getString("csrf"), row.getOffsetDateTime("expires_at").toInstant(), renewed);
  }

  private static Buffer digest(String cookie) {
    return Buffer.buffer(Secrets.digest(cookie));
  }
}
