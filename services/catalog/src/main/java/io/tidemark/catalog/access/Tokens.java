package io.tidemark.catalog.access;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.security.MessageDigest;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of the API: {@code tdm_<id>_<secret>}, of which only a digest is kept. */
public final class Tokens {
  private static final Pattern FORM = Pattern.compile("tdm_([0-9a-f]{16})_([A-Za-z0-9_-]{43})");
  private static final String COLUMNS =
      "id, name, role, created_at, created_by, expires_at, last_used_at";
  private static final String INSERT =
      "insert into api_token (id, name, role, secret, created_by, expires_at)"
          + " values ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(days => $6))"
          + " returning "
          + COLUMNS;

  /** To the minute: not every request is worth a write. */
  private static final String USED =
      """
      update api_token set last_used_at = clock_timestamp() where id = $1
        and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')\
      """;

  private final Database database;
  private final Secrets secrets;

  Tokens(Database database, Secrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /** A token that was just made. */
  public record Made(Token token, String secret) {}

  /** Makes a token. */
  public Future<Made> make(String name, Role role, int days, String by) {
    String id = secrets.id();
    String secret = secrets.secret();
    Tuple row = Tuple.of(id, name, Words.of(role), Buffer.buffer(Secrets.digest(secret)), by, days);
    return database
        .one(INSERT, row, Tokens::token)
        .map(made -> new Made(made.orElseThrow(), "tdm_" + id + "_" + secret));
  }

  /** A page of tokens, newest first. */
  public Future<Page<Token>> page(Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.descending(
                "select " + COLUMNS + " from api_token",
                new PageQuery.Column("created_at", OffsetDateTime.class),
                new PageQuery.Column("id", String.class))
            .after(cursor);
    return database.with(client -> query.run(client, limit, Tokens::token));
  }

  /** Revokes a token; fails with a {@link Refusal} if there is none of that id. */
  public Future<Void> revoke(String id) {
    return database
        .query("delete from api_token where id = $1", Tuple.of(id))
        .compose(rows ->
            rows.rowCount() == 1
                ? Future.succeededFuture()
                : Future.failedFuture(
                    new Refusal(
                        Refusal.Kind.NOT_FOUND,
                        "There is no token '" + id + "': look at the list of tokens.")));
  }

  /** Whose token it is; empty if it is none, or has expired. */
  Future<Optional<Caller>> caller(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Future.succeededFuture(Optional.empty());
    }
    byte[] digest = Secrets.digest(parts.group(2));
    return database
        .query(
            "select name, role, secret from api_token"
                + " where id = $1 and expires_at > clock_timestamp()",
            Tuple.of(parts.group(1)))
        .map(rows ->
            Database.first(rows, row -> row)
                .filter(row -> MessageDigest.isEqual(digest, row.getBuffer("secret").getBytes()))
                .map(row ->
                    new Caller(
                        "token:" + row.getString("name"),
                        Words.parse(Role.class, row.getString("role")),
                        Optional.empty())))
        .compose(caller ->
            caller.isEmpty()
                ? Future.succeededFuture(caller)
                : database.query(USED, Tuple.of(parts.group(1))).map(caller));
  }

  private static Token token(Row row) {
    return new Token(
        row.getString("id"),
        row.getString("name"),
        Words.parse(Role.class, row.getString("role")),
        row.getOffsetDateTime("created_at").toInstant(),
        row.getString("created_by"),
        row.getOffsetDateTime("expires_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("last_used_at")).map(OffsetDateTime::toInstant));
  }
}
