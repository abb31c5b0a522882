package io.tidemark.catalog.backup;

import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Inbox;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.catalog.verification.Healing;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.JobKind;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.runtime.EventConsumer;
import io.vertx.core.Future;

/** The backups of the catalog: which event leads to what. Confined to one context. */
public final class Backups {
  private final Inbox inbox;
  private final ProgressBoard board;
  private final BackupRequests requests;
  private final BackupSaga saga;
  private final BackupDeadlines deadlines;
  private final Sealer sealer;

  /** What backups stand on. */
  public record Base(Database database, Inbox inbox, Outbox outbox, Vault vault, Healing healing) {}

  public Backups(
      Base base, DomainStore domains, PointStore points, ProgressBoard board, Timeouts timeouts) {
    JobStore jobs = new JobStore();
    ShardStore shards = new ShardStore();
    BackupQueue queue =
        new BackupQueue(
            new BackupQueue.Stores(domains, points, jobs), base.vault(), base.outbox(), timeouts);
    BackupEndings endings = new BackupEndings(jobs, shards, queue, base.outbox());
    this.inbox = base.inbox();
    this.board = board;
    this.requests =
        new BackupRequests(
            base.database(),
            new Domains(domains),
            jobs,
            queue,
            new BackupRequests.VaultAndOutbox(base.vault(), base.outbox()));
    this.saga = new BackupSaga(jobs, shards, endings, base.outbox(), timeouts);
    this.deadlines = new BackupDeadlines(base.database(), jobs, endings, timeouts);
    this.sealer =
        new Sealer(
            base.database(),
            new Sealer.Stores(jobs, shards, points),
            endings,
            base.vault(),
            base.outbox(),
            new Sealer.Care(base.healing(), new SealPatience(timeouts.seal(), System::nanoTime)));
  }

  /** Where requests come in from the API. */
  public BackupRequests requests() {
    return requests;
  }

  /** Lets a consumer of the topic of backups do what each event leads to. */
  public void handle(EventConsumer consumer) {
    consumer
        .onEnvelope(
            BackupRequested.class,
            event -> inbox.once(event, transaction -> requests.requested(transaction, event)))
        .onEnvelope(
            BackupStarted.class,
            event -> inbox.once(event, transaction -> saga.started(transaction, event.event())))
        .onEnvelope(
            ShardsPlanned.class,
            event ->
                inbox
                    .once(event, transaction -> saga.planned(transaction, event.event()))
                    .onSuccess(done -> seal()))
        .onEnvelope(ShardExtracted.class, this::extracted)
        .onEnvelope(
            BackupJobEnded.class,
            event -> inbox.once(event, transaction -> saga.jobEnded(transaction, event.event())))
        .on(RestorePointSealed.class, sealed -> ended(sealed.backupId()))
        .on(BackupFailed.class, failed -> ended(failed.backupId()));
  }

  /** An extractor could not do a shard of a backup. */
  public Future<Void> shardFailed(EventEnvelope<ShardFailed> event) {
    return event.event().job() == JobKind.BACKUP
        ? inbox.once(event, transaction -> saga.shardFailed(transaction, event.event()))
        : Future.succeededFuture();
  }

  /** Looks after what nobody answers, and what is left to be sealed. */
  public Future<Void> tick() {
    return deadlines.check().eventually(sealer::wake);
  }

  private Future<Void> extracted(EventEnvelope<ShardExtracted> event) {
    ShardExtracted shard = event.event();
    return inbox
        .once(event, transaction -> saga.extracted(transaction, shard))
        .onSuccess(done -> {
          board.reported(shard.backupId(), shard.target() + "/" + shard.index());
          seal();
        });
  }

  private Future<Void> ended(String backupId) {
    board.ended(backupId);
    return Future.succeededFuture();
  }

  /** Not waited for: it is long work, and the next tick does it again if it fails. */
  private void seal() {
    Future<Void> unused = sealer.wake();
  }
}
