package io.tidemark.catalog.restore;

import static io.tidemark.catalog.restore.RestoreStage.ACCEPTED;
import static io.tidemark.catalog.restore.RestoreStage.COMPLETED;
import static io.tidemark.catalog.restore.RestoreStage.FAILED;
import static io.tidemark.catalog.restore.RestoreStage.FINISHING;
import static io.tidemark.catalog.restore.RestoreStage.READY;
import static io.tidemark.catalog.restore.RestoreStage.RESTORING;

import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.RestoredFile;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardRestored;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What each event of a restore's story changes. Every method works inside the caller's transaction
 * and holds the row of the restore's job.
 */
final class RestoreSaga {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreSaga.class);

  private final JobStore jobs = new JobStore();
  private final ShardStore shards = new ShardStore();
  private final RestoreStore restores = new RestoreStore();
  private final Outbox outbox;
  private final Timeouts timeouts;

  RestoreSaga(Outbox outbox, Timeouts timeouts) {
    this.outbox = outbox;
    this.timeouts = timeouts;
  }

  Future<Void> targetReady(SqlConnection transaction, RestoreTargetReady ready) {
    return during(
        transaction,
        ready.restoreId(),
        job -> {
          if (FAILED.isStageOf(job)) {
            // It came too late; whoever made the targets has to take them away.
            return sayFailed(transaction, job, job.reason().orElse("The restore failed."));
          }
          return ACCEPTED.isStageOf(job)
              ? advance(transaction, job, READY, timeouts.restorePlan())
              : Future.succeededFuture();
        });
  }

  Future<Void> planned(SqlConnection transaction, RestoreShardsPlanned planned) {
    return during(
        transaction,
        planned.restoreId(),
        job ->
            !RestoreStage.any(job, ACCEPTED, READY)
                ? Future.succeededFuture()
                : restores
                    .planned(transaction, planned)
                    .compose(done -> advance(transaction, job, RESTORING, timeouts.progress()))
                    .compose(done -> finishIfComplete(transaction, job)));
  }

  Future<Void> restored(SqlConnection transaction, ShardRestored shard) {
    return during(
        transaction,
        shard.restoreId(),
        job -> {
          if (!RestoreStage.any(job, ACCEPTED, READY, RESTORING)) {
            return Future.succeededFuture();
          }
          Future<Void> recorded = shards.restored(transaction, shard);
          // A shard may be done before the plan has said how many there are.
          return RESTORING.isStageOf(job)
              ? recorded
                  .compose(done -> advance(transaction, job, RESTORING, timeouts.progress()))
                  .compose(done -> finishIfComplete(transaction, job))
              : recorded;
        });
  }

  Future<Void> shardFailed(SqlConnection transaction, ShardFailed failed) {
    return during(
        transaction,
        failed.jobId(),
        job ->
            job.state().ended()
                ? Future.succeededFuture()
                : fail(transaction, job, failed.reason()));
  }

  /** The host side, or this catalog, has given it up. */
  Future<Void> failed(SqlConnection transaction, RestoreFailed failed) {
    return during(
        transaction, failed.restoreId(), job -> jobs.fail(transaction, job.id(), failed.reason()));
  }

  Future<Void> completed(SqlConnection transaction, RestoreCompleted completed) {
    return during(
        transaction,
        completed.restoreId(),
        job ->
            jobs.succeed(transaction, job.id(), COMPLETED.word(), Optional.of(result(completed))));
  }

  /** Fails a restore that has not ended, and lets the host side clean up. */
  Future<Void> fail(SqlConnection transaction, Job job, String reason) {
    LOG.warn("The restore failed: {} [vm: {}, restore: {}]", reason, job.vm(), job.id());
    return jobs.fail(transaction, job.id(), reason)
        .compose(done -> sayFailed(transaction, job, reason));
  }

  /** What to tell of a restore whose next participant did not answer. */
  String overdue(Job job) {
    String host = job.hypervisor().orElse("its hypervisor");
    String what = "the restore of VM '" + job.vm() + "'";
    if (ACCEPTED.isStageOf(job)) {
      return "The converter of hypervisor "
          + host
          + " did not prepare the targets for "
          + what
          + " within "
          + timeouts.restoreTarget().toSeconds()
          + " seconds. Check that the converter service runs there, then start it again.";
    }
    if (FINISHING.isStageOf(job)) {
      return "The converter of hypervisor "
          + host
          + " did not put the files of "
          + what
          + " in place within "
          + timeouts.restoreFinish().toSeconds()
          + " seconds. Check that the converter service runs there, then start it again.";
    }
    return timeouts.noProgress(what, host) + ", then start it again.";
  }

  private Future<Void> finishIfComplete(SqlConnection transaction, Job job) {
    return restores
        .complete(transaction, job.id())
        .compose(complete ->
            complete
                ? advance(transaction, job, FINISHING, timeouts.restoreFinish())
                    .compose(done ->
                        outbox.add(
                            transaction,
                            new RestoreDataWritten(job.id(), job.hypervisor().orElseThrow())))
                : Future.succeededFuture());
  }

  private Future<Void> sayFailed(SqlConnection transaction, Job job, String reason) {
    return outbox.add(transaction, new RestoreFailed(job.id(), job.hypervisor(), reason));
  }

  private Future<Void> advance(
      SqlConnection transaction, Job job, RestoreStage stage, Duration limit) {
    return jobs.advance(transaction, job.id(), stage.word(), limit);
  }

  private Future<Void> during(
      SqlConnection transaction, String id, Function<Job, Future<Void>> effect) {
    return jobs.lock(transaction, id)
        .compose(job -> job.map(effect).orElseGet(Future::succeededFuture));
  }

  private static JsonObject result(RestoreCompleted completed) {
    JsonArray files = new JsonArray();
    for (RestoredFile file : completed.files()) {
      files.add(
          new JsonObject()
              .put("target", file.target().orElse(null))
              .put("path", file.path())
              .put("sizeBytes", file.sizeBytes()));
    }
    return new JsonObject().put("files", files);
  }
}
