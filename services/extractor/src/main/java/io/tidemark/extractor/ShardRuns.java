package io.tidemark.extractor;

import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.Event;
import io.tidemark.events.JobKind;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.ShardEvent;
import io.tidemark.events.ShardFailed;
import io.tidemark.extractor.ShardCancelledException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this worker has been given: a few run, the others wait; a shard of a job that is
 * over is dropped. One context only.
 */
final class ShardRuns {

  private static final Logger LOG = LoggerFactory.getLogger(ShardRuns.class);

  /** With five seconds of patience, that is about every five minutes. */
  private static final int MOST_DOUBLINGS = 6;

  private final Workbench bench;
  private final Retries retries;
  private final Announcements announcements;
  private final FairSlots slots;
  private final AtomicInteger held = new AtomicInteger();
  private final EndedJobs ended = new EndedJobs();
  private final RecentResults recent = new RecentResults();
  private final Map<String, Run> runs = new HashMap<>();
  private boolean stopping;

  ShardRuns(Workbench bench, Retries retries, Announcements announcements) {
    this.bench = bench;
    this.retries = retries;
    this.announcements = announcements;
    this.slots = new FairSlots(bench.config().shards().atOnce());
    bench
        .meters()
        .gauge("shards", held::get, "shards", "Shards that run here or wait here for their turn.");
  }

  /**
   * Does a shard of a backup and publishes its result or failure.
   *
   * @return completes when that is published, or the backup is over; fails when it can't be
   *     published or this worker stops
   */
  Future<Void> extract(BackupShardPlanned shard) {
    return work(
        shard,
        JobKind.BACKUP,
        (cancelled, moved) -> new BackupShard(bench, shard, cancelled, moved));
  }

  /** Does a shard of a restore; same contract as {@link #extract}. */
  Future<Void> restore(RestoreShardPlanned shard) {
    return work(
        shard,
        JobKind.RESTORE,
        (cancelled, moved) -> new RestoreShard(bench, shard, cancelled, moved));
  }

  /** The job is over, however it ended: its shards, running and to come, are dropped. */
  Future<Void> jobEnded(String jobId) {
    ended.add(jobId);
    List.copyOf(runs.values()).stream()
        .filter(run -> run.shard.jobId().equals(jobId))
        .forEach(run -> run.cancel(Reason.JOB_ENDED));
    return Future.succeededFuture();
  }

  /** Does {@code work} for a job, unless the job is known to be over. */
  Future<Void> unlessOver(String jobId, Supplier<Future<Void>> work) {
    return ended.contains(jobId) ? Future.succeededFuture() : work.get();
  }

  /** Gives every shard up, and completes when nothing of them is under way any more. */
  Future<Void> stop() {
    stopping = true;
    List<Run> all = List.copyOf(runs.values());
    all.forEach(run -> run.cancel(Reason.WORKER_STOPS));
    return Future.join(all.stream().map(run -> run.outcome).toList())
        .transform(done -> Future.succeededFuture());
  }

  private Future<Void> work(
      ShardEvent shard, JobKind kind, BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
    if (ended.contains(shard.jobId())) {
      return Future.succeededFuture();
    }
    if (stopping) {
      return Future.failedFuture(new ShardCancelledException(Reason.WORKER_STOPS, shard.jobId()));
    }
    return recent
        .get(shard.shardId())
        .map(announcements::one)
        .orElseGet(() ->
            run(shard, kind, attempts)
                .compose(
                    event -> event.map(announcements::one).orElseGet(Future::succeededFuture)));
  }

  private Future<Optional<Event>> run(
      ShardEvent shard, JobKind kind, BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
    Run known = runs.get(shard.shardId());
    if (known != null) {
      return known.outcome;
    }
    Run run = new Run(shard, kind, attempts);
    runs.put(shard.shardId(), run);
    held.incrementAndGet();
    run.outcome.onComplete(done -> held.decrementAndGet());
    run.begin();
    return run.outcome;
  }

  /** One shard, from being taken to its result. */
  private final class Run {
    private final ShardEvent shard;
    private final JobKind kind;
    private final BiFunction<Future<Void>, Runnable, ShardAttempt> attempts;
    private final Promise<Void> cancelled = Promise.promise();
    private final Promise<Optional<Event>> end = Promise.promise();
    private final Future<Optional<Event>> outcome = end.future();

    Run(ShardEvent shard, JobKind kind, BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
      this.shard = shard;
      this.kind = kind;
      this.attempts = attempts;
    }

    void begin() {
      FairSlots.Place place = slots.ask(shard.jobId());
      long patience = bench.vertx().setTimer(patienceMillis(), id -> handOver(place));
      place
          .granted()
          .compose(granted -> {
            bench.vertx().cancelTimer(patience);
            return attempt(place).onComplete(done -> place.give());
          })
          .<Optional<Event>>map(result -> {
            recent.put(shard.shardId(), result);
            return Optional.of(result);
          })
          .recover(this::outcomeOf)
          .onComplete(done -> runs.remove(shard.shardId()))
          .onComplete(end);
    }

    /** Another worker may have less to do; if not, the shard comes back. */
    private void handOver(FairSlots.Place place) {
      if (place.withdraw()) {
        runs.remove(shard.shardId());
        announcements
            .one(handedOver())
            .<Optional<Event>>map(published -> Optional.empty())
            .onComplete(end);
      }
    }

    private Event handedOver() {
      return switch (shard) {
        case BackupShardPlanned backup -> backup.handedOver();
        case RestoreShardPlanned restore -> restore.handedOver();
        case ShardFailed failed -> failed;
      };
    }

    private long patienceMillis() {
      int times =
          switch (shard) {
            case BackupShardPlanned backup -> backup.handovers();
            case RestoreShardPlanned restore -> restore.handovers();
            case ShardFailed failed -> 0;
          };
      return bench.config().shards().patience().toMillis() << Math.min(times, MOST_DOUBLINGS);
    }

    void cancel(Reason reason) {
      cancelled.tryFail(new ShardCancelledException(reason, shard.jobId()));
    }

    private Future<Event> attempt(FairSlots.Place place) {
      Heartbeat heartbeat = new Heartbeat(bench, announcements, shard, kind);
      return retries
          .<Event>run(() -> {
            if (cancelled.future().failed()) {
              return Future.failedFuture(cancelled.future().cause());
            }
            ShardAttempt attempt = attempts.apply(cancelled.future(), place::finishing);
            heartbeat.follow(attempt);
            return attempt.run().map(Function.identity());
          })
          .onComplete(done -> heartbeat.stop());
    }

    private Future<Optional<Event>> outcomeOf(Throwable failure) {
      if (failure instanceof ShardCancelledException gone) {
        LOG.info(
            "Dropped a shard: {} [job: {}, disk: {}, shard: {}]",
            gone.getMessage(),
            shard.jobId(),
            shard.target(),
            shard.index());
        return gone.reason() == Reason.JOB_ENDED
            ? Future.succeededFuture(Optional.empty())
            : Future.failedFuture(gone);
      }
      ShardFailed failed = Failures.shard(shard, kind, bench.config().worker(), failure);
      return Future.succeededFuture(Optional.of(failed));
    }
  }
}
