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
import io.tidemark.events.Topic;
import io.tidemark.nbd.NbdClient;
import io.tidemark.repository.Repository;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Optional;

/**
 * Surveys backups and restores, and moves the blocks of their shards. Any number of these share the
 * work through their consumer groups.
 */
public final class ExtractorVerticle extends VerticleBase {

  private static final String SURVEYORS = "tidemark-surveyor";
  private static final String EXTRACTORS = "tidemark-extractor";

  /** Threads that wait for the repository's file system. */
  private static final int DISK_THREADS = 4;

  private final ExtractorConfig config;
  private final Events events;
  private final MeterRegistry meters;
  private Optional<Running> running = Optional.empty();

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
   * Opens the repository (makes one in an empty directory), deletes what dead workers left, and
   * begins to take work.
   *
   * @return completes when it takes work; fails when the directory is no repository
   */
  @Override
  public Future<?> start() {
    WorkerExecutor cpu =
        vertx.createSharedWorkerExecutor("tidemark-extractor-cpu", config.transfer().cpuThreads());
    Colleagues colleagues = new Colleagues(config.worker(), System::nanoTime);
    RateLimits limits = new RateLimits(vertx, config.rates(), colleagues);
    WorkerExecutor disk = vertx.createSharedWorkerExecutor("tidemark-extractor-disk", DISK_THREADS);
    return disk.executeBlocking(this::openRepository)
        .map(repository ->
            new Workbench(
                vertx,
                config,
                repository,
                new NbdClient(vertx),
                cpu,
                disk,
                limits,
                new ExtractorMeters(meters)))
        .compose(bench -> consume(bench, colleagues));
  }

  /** Gives up the shards that run, so that others take them, and closes what it opened. */
  @Override
  public Future<?> stop() {
    return running.map(Running::stop).orElseGet(Future::succeededFuture);
  }

  private Repository openRepository() {
    Repository repository = Repository.openOrCreate(config.repository());
    repository.reclaimLeftovers();
    return repository;
  }

  private Future<Void> consume(Workbench bench, Colleagues colleagues) {
    Retries retries = new Retries(vertx, config.retryPause());
    Announcements announcements = new Announcements(events);
    ShardRuns shards = new ShardRuns(bench, retries, announcements);
    List<EventConsumer> consumers =
        List.of(
            endings(shards),
            surveyor(
                shards,
                new BackupSurvey(bench, retries, announcements),
                new RestoreSurvey(config, announcements)),
            extractor(shards),
            heartbeats(colleagues));
    LoopWatch watch = new LoopWatch(vertx, bench.meters());
    watch.start();
    Running started = new Running(bench, shards, consumers, watch);
    running = Optional.of(started);
    return Future.all(consumers.stream().map(EventConsumer::start).toList())
        .<Void>mapEmpty()
        .recover(e -> started.stop().transform(stopped -> Future.failedFuture(e)));
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

  private EventConsumer heartbeats(Colleagues colleagues) {
    return events
        .reader(Topic.PROGRESS)
        .fromNow()
        .on(
            ShardProgress.class,
            progress -> {
              colleagues.heard(progress);
              return Future.succeededFuture();
            });
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
      Workbench bench, ShardRuns shards, List<EventConsumer> consumers, LoopWatch watch) {

    Future<Void> stop() {
      watch.stop();
      // The consumers wait for their handlers, and those end because the shards are given up.
      Future<?> stopped = Future.join(consumers.stream().map(EventConsumer::stop).toList());
      return shards.stop().compose(done -> stopped.<Void>mapEmpty()).eventually(bench::close);
    }
  }
}
