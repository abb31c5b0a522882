package io.tidemark.catalog;

import io.tidemark.catalog.access.Accounts;
import io.tidemark.catalog.contract.OpenApi;
import io.tidemark.catalog.point.VaultState.Condition;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog service. {@link #start} completes when events are consumed; the API answers before,
 * with 503 for what needs the database until that is there.
 */
public final class CatalogVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogVerticle.class);
  private static final String GROUP = "tidemark-catalog";
  private static final String JOURNAL_GROUP = "tidemark-catalog-journal";
  private static final Duration PRUNING = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration CERTIFICATE_CHECK = Duration.ofSeconds(2);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final CatalogConfig config;
  private final Events events;
  private final List<EventConsumer> consumers = new ArrayList<>();
  private CatalogParts parts;
  private Optional<Accounts.First> first = Optional.empty();
  private boolean stopped;

  /** The catalog on {@code events}, which stays the caller's to close. */
  public CatalogVerticle(CatalogConfig config, Events events) {
    this.config = config;
    this.events = events;
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> {
          requireAuthOffLoopback();
          return OpenApi.load();
        })
        .compose(this::start);
  }

  /** Blocks: the address may be a name. */
  private void requireAuthOffLoopback() throws UnknownHostException {
    boolean loopback = InetAddress.getByName(config.httpHost()).isLoopbackAddress();
    if (!loopback && !config.api().access().auth()) {
      throw new IllegalArgumentException(
          "The API would be open to everybody on "
              + config.httpHost()
              + ": start Tidemark with --auth, or listen on 127.0.0.1.");
    }
    if (config.api().access().auth() && config.api().restoreRoots().isEmpty()) {
      throw new IllegalArgumentException(
          "With --auth restores may only write below directories that are named: start Tidemark"
              + " with at least one --restore-root.");
    }
  }

  /** The account that was made at this first start, once; empty at any other start. */
  public Optional<Accounts.First> firstAccount() {
    return first;
  }

  private Future<?> start(OpenApi contract) {
    parts = CatalogParts.of(vertx, config, contract, events);
    return parts
        .http()
        .listen(config.httpHost(), config.httpPort())
        .compose(listening -> parts.migrations().apply())
        .compose(migrated -> prepareRepository())
        .onSuccess(prepared -> parts.http().ready())
        .compose(prepared -> consume())
        .compose(consuming -> makeFirstAccount())
        .onSuccess(consuming -> keepWatch());
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    parts.inbox().stop();
    parts.inventory().stop();
    parts.journal().stop();
    Future<?> consumed = Future.join(consumers.stream().map(EventConsumer::stop).toList());
    return within("The reading of events", consumed)
        .compose(stopped -> within("A verification", parts.verifications().stop()))
        .compose(stopped -> within("The API", parts.http().close()))
        .compose(stopped -> within("The wait for notifications", parts.wakeups().stop()))
        .compose(stopped -> within("The sending of webhooks", parts.sender().close()))
        .compose(stopped -> within("Work on the repository", parts.vault().close()))
        .compose(stopped -> within("The database's pool", parts.database().close()));
  }

  /** The port that the API listens on. */
  public int httpPort() {
    return parts.http().port();
  }

  /** A repository that is not as it should be is said, and does not keep the catalog down. */
  private Future<Void> prepareRepository() {
    return parts
        .vault()
        .check()
        .compose(state -> parts.rebuild().runIfEmpty())
        .compose(rebuilt -> parts.forgetter().resume())
        .recover(failure -> {
          LOG.error("The repository could not be prepared: {}", failure.getMessage());
          return Future.succeededFuture();
        });
  }

  private Future<Void> makeFirstAccount() {
    return config.api().access().auth()
        ? parts.access().accounts().makeFirst().onSuccess(made -> first = made).mapEmpty()
        : Future.succeededFuture();
  }

  private Future<Void> consume() {
    EventConsumer group =
        events.consumer(
            GROUP, Topic.BACKUPS, Topic.RESTORES, Topic.CONVERSIONS, Topic.SHARD_FAILURES);
    parts.backups().handle(group);
    parts.restores().handle(group);
    parts.conversions().handle(group);
    group.onEnvelope(
        ShardFailed.class,
        event ->
            parts
                .backups()
                .shardFailed(event)
                .compose(done -> parts.restores().shardFailed(event)));
    // Every catalog needs to see every heartbeat: a reader, not a member of the group.
    EventConsumer progress =
        events
            .reader(Topic.PROGRESS)
            .fromNow()
            .onEnvelope(
                ShardProgress.class,
                event -> {
                  parts.progresses().heartbeat(event);
                  parts.http().progress(event);
                  return Future.succeededFuture();
                });
    // A request is judged by what domains there are: they come first.
    return begin(parts.inventory().reader(events))
        .compose(known -> begin(group))
        .compose(begun -> begin(progress))
        .compose(begun -> begin(parts.journal().consumer(events, JOURNAL_GROUP)));
  }

  private Future<Void> begin(EventConsumer consumer) {
    consumers.add(consumer);
    return consumer.start();
  }

  private void keepWatch() {
    parts
        .wakeups()
        .onOutbox(() -> {
          parts.relay().wake();
          parts.http().jobsMayHaveChanged();
        })
        .on(
            io.tidemark.catalog.live.EventJournal.CHANNEL,
            () -> {
              parts.http().wakeStream();
              parts.http().jobsMayHaveChanged();
            })
        .start()
        .onFailure(failure -> LOG.warn("No notifications yet: {}", failure.getMessage()));
    every(SECOND, () -> done(parts.relay()::wake));
    every(SECOND, () -> done(parts.http()::wakeStream));
    every(SECOND, () -> done(parts.http()::tellJobs));
    every(HEARTBEAT, () -> done(parts.http()::heartbeat));
    every(config.api().access().recheck(), () -> done(parts.http()::checkFollowers));
    every(config.timeouts().tick(), () -> parts.backups().tick());
    every(config.timeouts().tick(), () -> parts.restores().tick());
    every(config.timeouts().tick(), () -> parts.conversions().tick());
    every(config.timeouts().tick(), () -> parts.verifications().tick());
    every(config.timeouts().repositoryCheck(), this::lookAfterRepository);
    every(SECOND, () -> parts.sender().tick());
    every(CERTIFICATE_CHECK, () -> parts.http().renewCertificate());
    every(PRUNING, () -> parts.retention().prune());
  }

  /** What was being forgotten when the repository went away is forgotten when it is back. */
  private Future<Void> lookAfterRepository() {
    boolean wasInOrder = parts.vault().state().condition() == Condition.OK;
    return parts
        .vault()
        .check()
        .compose(state ->
            !wasInOrder && state.condition() == Condition.OK
                ? parts.forgetter().resume()
                : Future.succeededFuture());
  }

  private static Future<Void> done(Runnable action) {
    action.run();
    return Future.succeededFuture();
  }

  /** Whatever doesn't stop in time is left to the next start, which resumes it. */
  private static Future<Void> within(String part, Future<?> stopping) {
    return stopping
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .recover(failure -> {
          LOG.warn("{} did not stop cleanly: {}", part, failure.getMessage());
          return Future.succeededFuture();
        });
  }

  /** Whatever it throws, it comes again. */
  private static Future<?> attempt(Supplier<Future<?>> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      LOG.error("Something that is done again and again has failed", e);
      return Future.failedFuture(e);
    }
  }

  /** Does it again and again, each time after the time before has ended. */
  private void every(Duration pause, Supplier<Future<?>> action) {
    vertx.setTimer(
        pause.toMillis(),
        timer ->
            attempt(action)
                .onFailure(failure -> LOG.debug("To be done again: {}", failure.getMessage()))
                .onComplete(ended -> {
                  if (!stopped) {
                    every(pause, action);
                  }
                }));
  }
}
