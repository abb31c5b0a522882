package io.tidemark.extractor;

import io.micrometer.core.instrument.MeterRegistry;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.ShardsWaiting;
import io.tidemark.events.ShardsWanted;
import io.tidemark.events.Topic;
import io.tidemark.nbd.NbdClient;
import io.tidemark.repository.Repository;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Surveys backups and restores, and moves the blocks of their shards. Any number of these share the
 * work through their consumer groups.
 */
public final class ExtractorVerticle extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(ExtractorVerticle.class);

  private static final String SURVEYORS = "tidemark-surveyor";
  private static final String EXTRACTORS = "tidemark-extractor";

  /** Threads that wait for the repository's file system. */
  private static final int DISK_THREADS = 4;

  private final ExtractorConfig config;
  private final Events events;
  private final MeterRegistry meters;
  private Optional<Running> running = Optional.empty();
  private Optional<AwaitedRepository> awaited = Optional.empty();

  /**
   * @param events stays open when the verticle is undeployed
   * @param meters takes the figures of this worker
   */
  public ExtractorVerticle(ExtractorConfig config, Events events, MeterRegistry meters) {
    this.config = config;
    this.events = events;
    this.meters = meters;
  }

  /**
   * Opens the repository, deletes what dead workers left, and begins to take work. Makes no
   * repository: as long as its directory is missing or empty, it is waited for.
   *
   * @return completes when it takes work, or waits for the repository before it does; fails when
   *     the directory is no repository, or this process may use too little memory
   */
  @Override
  public Future<?> start() {
    DirectMemory.require(config, DirectMemory.mostBytes());
    AwaitedRepository repository = new AwaitedRepository(vertx, config.repository());
    awaited = Optional.of(repository);
    return repository
        .look()
        .compose(found ->
            found
                .map(this::begin)
                .orElseGet(() -> {
                  beginLater(repository);
                  return Future.succeededFuture();
                }));
  }

  /** Gives up the shards that run, so that others take them, and closes what it opened. */
  @Override
  public Future<?> stop() {
    awaited.ifPresent(AwaitedRepository::giveUp);
    return running.map(Running::stop).orElseGet(Future::succeededFuture);
  }

  private void beginLater(AwaitedRepository repository) {
    repository
        .appears()
        .compose(this::begin)
        .onSuccess(begun -> LOG.info("Takes work [repository: {}]", config.repository()))
        .onFailure(e -> {
          LOG.error("Taking work failed and is tried again", e);
          beginLater(repository);
        });
  }

  private Future<Void> begin(Repository repository) {
    Colleagues colleagues = new Colleagues(config.worker(), System::nanoTime);
    Workbench bench =
        new Workbench(
            vertx,
            config,
            repository,
            new NbdClient(vertx),
            vertx.createSharedWorkerExecutor(
                "tidemark-extractor-cpu", config.transfer().cpuThreads()),
            vertx.createSharedWorkerExecutor("tidemark-extractor-disk", DISK_THREADS),
            new RateLimits(vertx, config.rates(), colleagues),
            new ExtractorMeters(meters));
    return consume(bench, colleagues);
  }

  private Future<Void> consume(Workbench bench, Colleagues colleagues) {
    Retries retries = new Retries(vertx, config.retryPause());
    Announcements announcements = new Announcements(events);
    ShardRuns shards = new ShardRuns(bench, retries, announcements);
    EventConsumer extractor = extractor(shards);
    ShardExchange exchange =
        new ShardExchange(
            vertx,
            config.worker(),
            shards,
            announcements,
            () -> extractor.idlePartitions(Topic.SHARDS));
    exchange.start();
    List<EventConsumer> consumers =
        List.of(
            endings(shards),
            surveyor(
                shards,
                new BackupSurvey(bench, retries, announcements),
                new RestoreSurvey(config, announcements)),
            extractor,
            workers(colleagues, exchange));
    LoopWatch watch = new LoopWatch(vertx, bench.meters());
    watch.start();
    Running started = new Running(bench, shards, consumers, exchange, watch);
    running = Optional.of(started);
    return Future.all(consumers.stream().map(EventConsumer::start).toList())
        .<Void>mapEmpty()
        .recover(e -> {
          running = Optional.empty();
          return started.stop().transform(stopped -> Future.failedFuture(e));
        });
  }

  private EventConsumer surveyor(ShardRuns shards, BackupSurvey backups, RestoreSurvey restores) {
    return events
        .consumer(SURVEYORS, Topic.BACKUPS, Topic.RESTORES)
        .on(BackupStarted.class, e -> shards.unlessOver(e.backupId(), () -> backups.run(e)))
        .on(RestoreTargetReady.class, e -> shards.unlessOver(e.restoreId(), () -> restores.run(e)));
  }

  private EventConsumer extractor(ShardRuns shards) {
    return events
        .consumer(EXTRACTORS, Topic.SHARDS)
        .on(BackupShardPlanned.class, shards::extract)
        .on(RestoreShardPlanned.class, shards::restore);
  }

  private EventConsumer workers(Colleagues colleagues, ShardExchange exchange) {
    return events
        .reader(Topic.PROGRESS)
        .fromNow()
        .on(
            ShardProgress.class,
            progress -> {
              colleagues.heard(progress);
              return Future.succeededFuture();
            })
        .on(
            ShardsWaiting.class,
            waiting -> {
              exchange.heard(waiting);
              return Future.succeededFuture();
            })
        .on(ShardsWanted.class, exchange::wanted);
  }

  private EventConsumer endings(ShardRuns shards) {
    return events
        .reader(Topic.BACKUPS, Topic.RESTORES)
        .fromNow()
        .on(RestorePointSealed.class, e -> shards.jobEnded(e.backupId()))
        .on(BackupFailed.class, e -> shards.jobEnded(e.backupId()))
        .on(BackupJobEnded.class, e -> shards.jobEnded(e.backupId()))
        .on(RestoreDataWritten.class, e -> shards.jobEnded(e.restoreId()))
        .on(RestoreFailed.class, e -> shards.jobEnded(e.restoreId()))
        .on(RestoreCompleted.class, e -> shards.jobEnded(e.restoreId()));
  }

  /** What a started verticle has to stop. */
  private record Running(
      Workbench bench,
      ShardRuns shards,
      List<EventConsumer> consumers,
      ShardExchange exchange,
      LoopWatch watch) {

    Future<Void> stop() {
      watch.stop();
      exchange.stop();
      // The consumers wait for their handlers, and those end because the shards are given up.
      Future<?> stopped = Future.join(consumers.stream().map(EventConsumer::stop).toList());
      return shards.stop().compose(done -> stopped.<Void>mapEmpty()).eventually(bench::close);
    }
  }
}
