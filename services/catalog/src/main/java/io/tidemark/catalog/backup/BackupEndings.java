package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.BackupFailed;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How backups end badly, and how they let go of their domain. Inside the caller's transaction. */
final class BackupEndings {
  private static final Logger LOG = LoggerFactory.getLogger(BackupEndings.class);

  private final JobStore jobs;
  private final ShardStore shards;
  private final BackupStore backups = new BackupStore();
  private final BackupQueue queue;
  private final Outbox outbox;

  BackupEndings(JobStore jobs, ShardStore shards, BackupQueue queue, Outbox outbox) {
    this.jobs = jobs;
    this.shards = shards;
    this.queue = queue;
    this.outbox = outbox;
  }

  /** Fails a backup that has not ended. Its domain is held until the libvirt job is closed. */
  Future<Void> fail(SqlConnection transaction, Job job, String reason) {
    LOG.warn("The backup failed: {} [vm: {}, backup: {}]", reason, job.vm(), job.id());
    return jobs.fail(transaction, job.id(), reason)
        .compose(failed -> shards.dropLeaves(transaction, job.id()))
        .compose(dropped -> sayFailed(transaction, job, reason));
  }

  /** Says again that a backup failed, for somebody who has not heard. */
  Future<Void> sayFailed(SqlConnection transaction, Job job, String reason) {
    return outbox.add(transaction, new BackupFailed(job.id(), job.hypervisor(), job.vm(), reason));
  }

  /** The libvirt job is closed: the domain's next backup may come. */
  Future<Void> release(SqlConnection transaction, Job job) {
    return backups
        .release(transaction, job.id())
        .compose(released ->
            job.domainUuid()
                .map(domain -> queue.acceptNext(transaction, domain))
                .orElseGet(Future::succeededFuture));
  }
}
