package io.tidemark.catalog.backup;

import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices participants of a backup that don't answer. */
final class BackupDeadlines {
  private static final Logger LOG = LoggerFactory.getLogger(BackupDeadlines.class);

  private final Database database;
  private final JobStore jobs;
  private final BackupStore backups = new BackupStore();
  private final BackupEndings endings;
  private final Timeouts timeouts;

  BackupDeadlines(Database database, JobStore jobs, BackupEndings endings, Timeouts timeouts) {
    this.database = database;
    this.jobs = jobs;
    this.endings = endings;
    this.timeouts = timeouts;
  }

  /** Fails what is overdue, and frees domains whose libvirt job was never reported closed. */
  Future<Void> check() {
    return jobs.overdue(database, JobType.BACKUP)
        .compose(ids -> each(ids, this::fail))
        .compose(done -> backups.overdueHolders(database, timeouts.jobEnd()))
        .compose(ids -> each(ids, this::release));
  }

  private Future<Void> fail(String id) {
    return database.inTransaction(transaction ->
        jobs.lockOverdue(transaction, id)
            .compose(job ->
                job.map(late -> endings.fail(transaction, late, reason(late)))
                    .orElseGet(Future::succeededFuture)));
  }

  private Future<Void> release(String id) {
    return database.inTransaction(transaction ->
        jobs.lock(transaction, id)
            .compose(job -> {
              LOG.warn(
                  "The libvirt job of an ended backup was not reported closed; the next"
                      + " backup may come [backup: {}]",
                  id);
              return job.map(ended -> endings.release(transaction, ended))
                  .orElseGet(Future::succeededFuture);
            }));
  }

  private String reason(Job job) {
    String host = job.hypervisor().orElse("its hypervisor");
    if (BackupStage.ACCEPTED.isStageOf(job)) {
      return "The checkpointer of hypervisor "
          + host
          + " did not start the backup of VM '"
          + job.vm()
          + "' within "
          + seconds(timeouts.backupStart())
          + ". Check that the checkpointer service runs there and reaches libvirt and Kafka, then"
          + " start the backup again.";
    }
    if (BackupStage.STARTED.isStageOf(job)) {
      return "No extractor surveyed the disks of VM '"
          + job.vm()
          + "' within "
          + seconds(timeouts.backupPlan())
          + ". Check that an extractor service runs and reaches Kafka and the NBD exports of "
          + host
          + ", then start the backup again.";
    }
    return timeouts.noProgress("VM '" + job.vm() + "'", host) + ", then start the backup again.";
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " seconds";
  }

  private static Future<Void> each(List<String> ids, Function<String, Future<Void>> action) {
    Future<Void> chain = Future.succeededFuture();
    for (String id : ids) {
      chain = chain.compose(done -> action.apply(id));
    }
    return chain;
  }
}
