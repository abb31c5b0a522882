package io.tidemark.catalog.backup;

import static io.tidemark.catalog.backup.BackupStage.ACCEPTED;
import static io.tidemark.catalog.backup.BackupStage.EXTRACTING;
import static io.tidemark.catalog.backup.BackupStage.FAILED;
import static io.tidemark.catalog.backup.BackupStage.QUEUED;
import static io.tidemark.catalog.backup.BackupStage.SEALING;
import static io.tidemark.catalog.backup.BackupStage.STARTED;

import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.DiskPlan;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardsPlanned;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import java.util.function.Function;

/**
 * What each event of a backup's story changes. Every method works inside the caller's transaction
 * and holds the row of the backup's job.
 */
final class BackupSaga {
  private final JobStore jobs;
  private final ShardStore shards;
  private final BackupStore backups = new BackupStore();
  private final BackupEndings endings;
  private final Outbox outbox;
  private final Timeouts timeouts;

  BackupSaga(
      JobStore jobs, ShardStore shards, BackupEndings endings, Outbox outbox, Timeouts timeouts) {
    this.jobs = jobs;
    this.shards = shards;
    this.endings = endings;
    this.outbox = outbox;
    this.timeouts = timeouts;
  }

  Future<Void> started(SqlConnection transaction, BackupStarted started) {
    return jobs.lock(transaction, started.backupId())
        .compose(job ->
            job.map(known -> started(transaction, known, started))
                .orElseGet(() -> disown(transaction, started)));
  }

  Future<Void> planned(SqlConnection transaction, ShardsPlanned planned) {
    String id = planned.backupId();
    long total = planned.disks().stream().mapToLong(DiskPlan::readBytes).sum();
    return during(
        transaction,
        id,
        job ->
            !STARTED.isStageOf(job)
                ? Future.succeededFuture()
                : backups
                    .planned(transaction, planned)
                    .compose(done -> jobs.total(transaction, id, total))
                    .compose(done -> advance(transaction, id, EXTRACTING))
                    .compose(done -> sealIfComplete(transaction, id)));
  }

  Future<Void> extracted(SqlConnection transaction, ShardExtracted shard) {
    String id = shard.backupId();
    return during(
        transaction,
        id,
        job -> {
          if (!BackupStage.any(job, STARTED, EXTRACTING)) {
            return Future.succeededFuture();
          }
          Future<Void> recorded = shards.extracted(transaction, shard);
          // A shard may be done before the survey has said how many there are.
          return STARTED.isStageOf(job)
              ? recorded
              : recorded
                  .compose(done -> advance(transaction, id, EXTRACTING))
                  .compose(done -> sealIfComplete(transaction, id));
        });
  }

  Future<Void> shardFailed(SqlConnection transaction, ShardFailed failed) {
    return during(
        transaction,
        failed.jobId(),
        job ->
            BackupStage.any(job, ACCEPTED, STARTED, EXTRACTING)
                ? endings.fail(transaction, job, failed.reason())
                : Future.succeededFuture());
  }

  Future<Void> jobEnded(SqlConnection transaction, BackupJobEnded ended) {
    return during(
        transaction,
        ended.backupId(),
        job ->
            backups
                .jobEnded(transaction, job.id())
                .compose(marked -> {
                  if (BackupStage.any(job, QUEUED, SEALING)) {
                    // All data is in: the point will be sealed without the libvirt job.
                    return Future.succeededFuture();
                  }
                  Future<Void> failed =
                      job.state().ended()
                          ? Future.succeededFuture()
                          : endings.fail(transaction, job, reason(job, ended));
                  return failed.compose(done -> endings.release(transaction, job));
                }));
  }

  private Future<Void> started(SqlConnection transaction, Job job, BackupStarted started) {
    if (FAILED.isStageOf(job)) {
      // It came too late; whoever started it has to close it.
      return endings.sayFailed(transaction, job, job.reason().orElse("The backup failed."));
    }
    if (!ACCEPTED.isStageOf(job)) {
      return Future.succeededFuture();
    }
    boolean compared = started.disks().stream().anyMatch(disk -> disk.parent().isPresent());
    return backups
        .get(transaction, job.id())
        .compose(backup ->
            backups.started(transaction, started, compared ? backup.parent() : Optional.empty()))
        .compose(
            done -> jobs.advance(transaction, job.id(), STARTED.word(), timeouts.backupPlan()));
  }

  /** A backup that the catalog doesn't know, as after the loss of its database. */
  private Future<Void> disown(SqlConnection transaction, BackupStarted started) {
    return outbox.add(
        transaction,
        new BackupFailed(
            started.backupId(),
            Optional.of(started.hypervisor()),
            started.domainName(),
            "The catalog does not know this backup of VM '"
                + started.domainName()
                + "': start it again."));
  }

  private Future<Void> sealIfComplete(SqlConnection transaction, String id) {
    return backups
        .complete(transaction, id)
        .compose(complete ->
            complete ? jobs.advance(transaction, id, SEALING.word()) : Future.succeededFuture());
  }

  private Future<Void> advance(SqlConnection transaction, String id, BackupStage stage) {
    return jobs.advance(transaction, id, stage.word(), timeouts.progress());
  }

  private Future<Void> during(
      SqlConnection transaction, String id, Function<Job, Future<Void>> effect) {
    return jobs.lock(transaction, id)
        .compose(job -> job.map(effect).orElseGet(Future::succeededFuture));
  }

  private static String reason(Job job, BackupJobEnded ended) {
    if (!ended.reason().isBlank()) {
      return ended.reason();
    }
    return ended.outcome() == JobOutcome.LOST
        ? "The backup job of VM '"
            + job.vm()
            + "' ended by itself before everything was read: the VM stopped or its QEMU died."
            + " Start the backup again."
        : "The backup job of VM '"
            + job.vm()
            + "' was closed before everything was read. Start the backup again.";
  }
}
