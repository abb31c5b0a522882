package io.tidemark.catalog.restore;

import io.tidemark.catalog.Ids;
import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Inbox;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.JobKind;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreRequested;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardRestored;
import io.tidemark.runtime.EventConsumer;
import io.vertx.core.Future;
import java.util.List;

/** The restores of the catalog: which event leads to what. Confined to one context. */
public final class Restores {
  private final Database database;
  private final Inbox inbox;
  private final ProgressBoard board;
  private final JobStore jobs = new JobStore();
  private final RestoreRequests requests;
  private final RestoreSaga saga;

  /** What restores stand on. */
  public record Base(Database database, Inbox inbox, Outbox outbox, RestoreRoots roots) {}

  public Restores(Base base, PointStore points, ProgressBoard board, Timeouts timeouts) {
    this.database = base.database();
    this.inbox = base.inbox();
    this.board = board;
    this.requests =
        new RestoreRequests(base.database(), points, base.outbox(), timeouts, base.roots());
    this.saga = new RestoreSaga(base.outbox(), timeouts);
  }

  /** Where requests come in from the API. */
  public RestoreRequests requests() {
    return requests;
  }

  /** Lets a consumer of the topic of restores do what each event leads to. */
  public void handle(EventConsumer consumer) {
    consumer
        .onEnvelope(
            RestoreRequested.class,
            event ->
                inbox.once(event, transaction -> requests.requested(transaction, named(event))))
        .onEnvelope(
            RestoreTargetReady.class,
            event -> inbox.once(event, transaction -> saga.targetReady(transaction, event.event())))
        .onEnvelope(
            RestoreShardsPlanned.class,
            event -> inbox.once(event, transaction -> saga.planned(transaction, event.event())))
        .onEnvelope(ShardRestored.class, this::restored)
        .onEnvelope(
            RestoreCompleted.class,
            event ->
                inbox
                    .once(event, transaction -> saga.completed(transaction, event.event()))
                    .onSuccess(done -> board.ended(event.event().restoreId())))
        .onEnvelope(
            RestoreFailed.class,
            event ->
                inbox
                    .once(event, transaction -> saga.failed(transaction, event.event()))
                    .onSuccess(done -> board.ended(event.event().restoreId())));
  }

  /** An extractor could not do a shard of a restore. */
  public Future<Void> shardFailed(EventEnvelope<ShardFailed> event) {
    return event.event().job() == JobKind.RESTORE
        ? inbox.once(event, transaction -> saga.shardFailed(transaction, event.event()))
        : Future.succeededFuture();
  }

  /** Fails what nobody answers. */
  public Future<Void> tick() {
    return jobs.overdue(database, JobType.RESTORE).compose(this::failAll);
  }

  private Future<Void> failAll(List<String> ids) {
    Future<Void> chain = Future.succeededFuture();
    for (String id : ids) {
      chain = chain.compose(done -> fail(id));
    }
    return chain;
  }

  private Future<Void> fail(String id) {
    return database.inTransaction(transaction ->
        jobs.lockOverdue(transaction, id)
            .compose(job ->
                job.map(late -> saga.fail(transaction, late, saga.overdue(late)))
                    .orElseGet(Future::succeededFuture)));
  }

  private Future<Void> restored(EventEnvelope<ShardRestored> event) {
    ShardRestored shard = event.event();
    return inbox
        .once(event, transaction -> saga.restored(transaction, shard))
        .onSuccess(done -> board.reported(shard.restoreId(), shard.target() + "/" + shard.index()));
  }

  private static RestoreRequested named(EventEnvelope<RestoreRequested> event) {
    String wanted = event.event().restoreId();
    return event.event().withRestoreId(Ids.uuid(wanted.isEmpty() ? event.id() : wanted));
  }
}
