package io.tidemark.extractor;

import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.Event;
import io.tidemark.events.JobKind;
import io.tidemark.events.PlannedShard;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.ShardFailed;
import io.tidemark.extractor.ShardCancelledException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards that this worker has been given: a few run, the others wait; a shard of a job that is
 * over is dropped. One context only.
 */
final class ShardRuns {

  private static final Logger LOG = LoggerFactory.getLogger(ShardRuns.class);

  private final Workbench bench;
  private final Retries retries;
  private final Announcements announcements;
  private final FairSlots slots;
  private final AtomicInteger held = new AtomicInteger();
  private final EndedJobs ended = new EndedJobs();
  private final RecentResults recent = new RecentResults();
  private final Map<String, Run> runs = new LinkedHashMap<>();
  private Runnable whenFree = () -> {};
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

  /** What to do each time that a shard is done and nothing else waits for its place. */
  void whenFree(Runnable action) {
    whenFree = action;
  }

  /** How many shards wait for their turn. */
  int waiting() {
    return slots.waiting();
  }

  /** How many more shards could run at once. */
  int free() {
    return slots.free();
  }

  /**
   * Hands over up to half of what waits here, of what came last, a shard to each partition.
   *
   * @return completes when they are published
   */
  Future<Void> handOver(List<Integer> partitions) {
    List<Run> waiting = runs.values().stream().filter(Run::waits).toList();
    int count = Math.min(partitions.size(), Math.ceilDiv(waiting.size(), 2));
    List<Run> last = waiting.subList(waiting.size() - count, waiting.size());
    return Future.join(
            IntStream.range(0, count)
                .mapToObj(n -> last.get(n).handOver(partitions.get(n)))
                .toList())
        .mapEmpty();
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
      PlannedShard shard, JobKind kind, BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
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
                .compose(event -> event.map(announcements::one).orElseGet(Future::succeededFuture))
                .onComplete(done -> tellIfFree()));
  }

  private void tellIfFree() {
    // A moment later the shard's partition counts as idle, too.
    bench
        .vertx()
        .setTimer(
            1,
            id -> {
              if (slots.free() > 0 && !stopping) {
                whenFree.run();
              }
            });
  }

  private Future<Optional<Event>> run(
      PlannedShard shard, JobKind kind, BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
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
    private final PlannedShard shard;
    private final JobKind kind;
    private final BiFunction<Future<Void>, Runnable, ShardAttempt> attempts;
    private final Promise<Void> cancelled = Promise.promise();
    private final Promise<Optional<Event>> end = Promise.promise();
    private final Future<Optional<Event>> outcome = end.future();
    private final FairSlots.Place place;

    Run(
        PlannedShard shard,
        JobKind kind,
        BiFunction<Future<Void>, Runnable, ShardAttempt> attempts) {
      this.shard = shard;
      this.kind = kind;
      this.attempts = attempts;
      this.place = slots.ask(shard.jobId());
    }

    void begin() {
      place
          .granted()
          .compose(granted -> attempt().onComplete(done -> place.give()))
          .<Optional<Event>>map(result -> {
            recent.put(shard.shardId(), result);
            return Optional.of(result);
          })
          .recover(this::outcomeOf)
          .onComplete(done -> runs.remove(shard.shardId()))
          .onComplete(end);
    }

    boolean waits() {
      return !place.granted().isComplete();
    }

    /** To the worker that reads that partition; only while the shard waits. */
    Future<Void> handOver(int partition) {
      place.withdraw();
      runs.remove(shard.shardId());
      return announcements
          .one(shard.handedOver(partition))
          .onComplete(published -> end.handle(published.map(Optional.empty())));
    }

    void cancel(Reason reason) {
      cancelled.tryFail(new ShardCancelledException(reason, shard.jobId()));
    }

    private Future<Event> attempt() {
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
