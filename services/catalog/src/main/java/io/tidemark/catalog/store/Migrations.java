package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the schema to the version of this program. */
public final class Migrations {
  private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final Database database;

  public Migrations(Vertx vertx, Database database) {
    this.vertx = vertx;
    this.database = database;
  }

  /**
   * Waits for PostgreSQL as long as it takes, saying so, then migrates on a worker thread.
   *
   * @return fails with a {@link FlywayException} when a migration does
   */
  public Future<Void> apply() {
    return database
        .query("select 1", io.vertx.sqlclient.Tuple.tuple())
        .compose(
            answer -> vertx.<Void>executeBlocking(this::migrate),
            failure -> {
              if (!(failure instanceof DatabaseUnavailableException)) {
                return Future.failedFuture(failure);
              }
              LOG.warn("Waiting for the database: {}", failure.getMessage());
              return vertx.timer(PAUSE.toMillis()).compose(tick -> apply());
            });
  }

  private Void migrate() {
    Flyway.configure(Migrations.class.getClassLoader())
        .dataSource(database.address().dataSource())
        .locations("classpath:db/migration")
        .load()
        .migrate();
    return null;
  }
}
