package io.tidemark.catalog.domain;

import io.tidemark.catalog.store.DataErrors;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.events.DomainChanged;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.function.Function;

/**
 * Keeps the domains as the inventory says. Its topic is read from the start at every start, so that
 * a lost database fills itself again.
 */
public final class InventoryFollower {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Database database;
  private final DomainStore domains;
  private volatile boolean stopped;

  public InventoryFollower(Vertx vertx, Database database, DomainStore domains) {
    this.vertx = vertx;
    this.database = database;
    this.domains = domains;
  }

  /** The reader, not started yet. */
  public EventConsumer reader(Events events) {
    return events
        .reader(Topic.INVENTORY)
        .onEnvelope(
            DomainSeen.class,
            seen ->
                patiently(
                    seen,
                    transaction ->
                        domains.seen(
                            transaction,
                            seen.event().hypervisor(),
                            seen.event().domain(),
                            seen.time())))
        .onEnvelope(
            DomainChanged.class,
            changed ->
                patiently(
                    changed,
                    transaction ->
                        domains.seen(
                            transaction,
                            changed.event().hypervisor(),
                            changed.event().domain(),
                            changed.time())))
        .onEnvelope(
            DomainGone.class,
            gone ->
                patiently(
                    gone,
                    transaction ->
                        domains.gone(
                            transaction,
                            gone.event().hypervisor(),
                            gone.event().domainUuid(),
                            gone.time())));
  }

  /** Lets go of events that wait for PostgreSQL. */
  public void stop() {
    stopped = true;
  }

  private Future<Void> patiently(
      EventEnvelope<?> envelope, Function<SqlConnection, Future<Void>> effect) {
    return DataErrors.permanent(envelope, database.inTransaction(effect))
        .recover(failure ->
            failure instanceof DatabaseUnavailableException && !stopped
                ? vertx.timer(PAUSE.toMillis()).compose(tick -> patiently(envelope, effect))
                : Future.failedFuture(failure));
  }
}
