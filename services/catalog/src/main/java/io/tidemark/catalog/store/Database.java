package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * The catalog's PostgreSQL. Futures complete on the caller's context; when PostgreSQL can't be
 * reached they fail with {@link DatabaseUnavailableException}.
 */
public final class Database {
  private static final int ATTEMPTS = 4;
  private static final int CONNECTIONS = 12;
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(5);

  /** Error classes that mean "not now": connection, resources, shutting down or starting up. */
  private static final Set<String> UNAVAILABLE = Set.of("08", "53", "57");

  private final PostgresAddress address;
  private final Pool pool;

  private Database(PostgresAddress address, Pool pool) {
    this.address = address;
    this.pool = pool;
  }

  /**
   * A pool on {@code uri}; connects when it is first used.
   *
   * @throws IllegalArgumentException if it is no URI of PostgreSQL; the message does not repeat it
   */
  public static Database connect(Vertx vertx, String uri) {
    PostgresAddress address = PostgresAddress.of(uri);
    PoolOptions poolOptions =
        new PoolOptions()
            .setMaxSize(CONNECTIONS)
            .setConnectionTimeout(Math.toIntExact(CONNECT_PATIENCE.toSeconds()))
            .setConnectionTimeoutUnit(TimeUnit.SECONDS);
    Pool pool =
        PgBuilder.pool().with(poolOptions).connectingTo(address.options()).using(vertx).build();
    return new Database(address, pool);
  }

  /** Where it is, without the password. */
  public String where() {
    return address.where();
  }

  PostgresAddress address() {
    return address;
  }

  /** Runs one statement. */
  public Future<RowSet<Row>> query(String sql, Tuple arguments) {
    return unavailableNamed(pool.preparedQuery(sql).execute(arguments));
  }

  /** Runs one statement and reads its only row, if there is one. */
  public <T> Future<Optional<T>> one(String sql, Tuple arguments, Function<Row, T> mapper) {
    return query(sql, arguments).map(rows -> first(rows, mapper));
  }

  /**
   * Runs {@code work} in a transaction: committed when its Future succeeds, rolled back when it
   * fails, with the same failure. Run again if PostgreSQL chose it as the victim of a deadlock.
   */
  public <T> Future<T> inTransaction(Function<SqlConnection, Future<T>> work) {
    return inTransaction(work, ATTEMPTS);
  }

  private <T> Future<T> inTransaction(Function<SqlConnection, Future<T>> work, int attempts) {
    return unavailableNamed(pool.withTransaction(work))
        .recover(failure ->
            attempts > 1 && isRollback(failure)
                ? inTransaction(work, attempts - 1)
                : Future.failedFuture(failure));
  }

  private static boolean isRollback(Throwable failure) {
    return failure instanceof PgException error
        && error.getSqlState() != null
        && error.getSqlState().startsWith("40");
  }

  /** Runs statements without a transaction. */
  public <T> Future<T> with(Function<SqlClient, Future<T>> work) {
    return unavailableNamed(work.apply(pool));
  }

  /** True if PostgreSQL answers now. */
  public Future<Boolean> healthy() {
    return query("select 1", Tuple.tuple()).map(true).otherwise(false);
  }

  /** Closes the pool. */
  public Future<Void> close() {
    return pool.close();
  }

  /** The first row, mapped. */
  public static <T> Optional<T> first(RowSet<Row> rows, Function<Row, T> mapper) {
    return StreamSupport.stream(rows.spliterator(), false).findFirst().map(mapper);
  }

  private <T> Future<T> unavailableNamed(Future<T> future) {
    return future.recover(failure ->
        Future.failedFuture(
            isUnavailable(failure) ? new DatabaseUnavailableException(where(), failure) : failure));
  }

  private static boolean isUnavailable(Throwable failure) {
    if (failure instanceof PgException error) {
      return error.getSqlState() != null
          && UNAVAILABLE.contains(error.getSqlState().substring(0, 2));
    }
    return failure instanceof java.io.IOException
        || failure instanceof java.util.concurrent.TimeoutException
        || failure instanceof io.vertx.core.VertxException;
  }
}
