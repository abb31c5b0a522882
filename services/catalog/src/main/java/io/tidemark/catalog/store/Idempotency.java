package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Remembers the answers to requests that may be sent again. */
public final class Idempotency {
  private static final String RESERVE =
      """
      insert into idempotency (key, actor, operation, request) values ($1, $2, $3, $4)
      on conflict (actor, key) do update set created_at = clock_timestamp()
        where idempotency.status is null and idempotency.request = excluded.request
          and idempotency.operation = excluded.operation
          and idempotency.created_at < clock_timestamp() - interval '1 minute'
      returning key\
      """;
  private static final String FIND =
      """
      select operation, request, status, headers, body from idempotency
      where actor = $1 and key = $2\
      """;
  private static final String KEEP =
      """
      update idempotency set status = $3, headers = $4, body = $5 where actor = $1 and key = $2\
      """;

  private final Database database;

  public Idempotency(Database database) {
    this.database = database;
  }

  /**
   * A request that bears a key.
   *
   * @param actor whose key it is
   * @param digest of all that the request says
   */
  public record Request(String actor, String key, String operation, Buffer digest) {}

  /** An answer. */
  public record Kept(int status, JsonObject headers, String body) {}

  /** What is known of a key. */
  public sealed interface Found {}

  /** Nothing: it is this request's now. */
  public record Fresh() implements Found {}

  /** The same request was answered. */
  public record Answered(Kept kept) implements Found {}

  /** The same request is being answered. */
  public record InWork() implements Found {}

  /** Another request had this key. */
  public record Another() implements Found {}

  /** Takes the key for this request if it is free. */
  public Future<Found> reserve(Request request) {
    Tuple row = Tuple.of(request.key(), request.actor(), request.operation(), request.digest());
    return database
        .query(RESERVE, row)
        .compose(rows ->
            rows.rowCount() == 1
                ? Future.<Found>succeededFuture(new Fresh())
                : database
                    .one(FIND, Tuple.of(request.actor(), request.key()), found -> found)
                    .map(found -> found.map(kept -> judge(request, kept)).orElseGet(InWork::new)));
  }

  /** Keeps the answer. */
  public Future<Void> keep(Request request, Kept answer) {
    return database
        .query(
            KEEP,
            Tuple.of(
                request.actor(), request.key(), answer.status(), answer.headers(), answer.body()))
        .mapEmpty();
  }

  /** The request came to nothing: the key is free again. */
  public Future<Void> release(Request request) {
    return database
        .query(
            "delete from idempotency where actor = $1 and key = $2 and status is null",
            Tuple.of(request.actor(), request.key()))
        .mapEmpty();
  }

  private static Found judge(Request request, Row row) {
    if (!row.getString("operation").equals(request.operation())
        || !row.getBuffer("request").equals(request.digest())) {
      return new Another();
    }
    return Optional.ofNullable(row.getInteger("status"))
        .<Found>map(status ->
            new Answered(new Kept(status, row.getJsonObject("headers"), row.getString("body"))))
        .orElseGet(InWork::new);
  }
}
