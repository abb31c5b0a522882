package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ReportedShard;
import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.point.ManifestPoints;
import io.tidemark.catalog.point.PackRow;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.catalog.verification.Healing;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.SealedDisk;
import io.tidemark.repository.DamagedDataException;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns backups whose shards are all in into restore points: tree and manifest on a worker thread,
 * then one transaction. A seal that was interrupted is taken up again; if its manifest is there
 * already, only the transaction is left to do. Confined to one context.
 */
final class Sealer {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);

  private final Database database;
  private final Stores stores;
  private final BackupStore backups = new BackupStore();
  private final BackupEndings endings;
  private final Vault vault;
  private final Outbox outbox;
  private final Healing healing;
  private final SealPatience patience;
  private boolean running;

  Sealer(
      Database database,
      Stores stores,
      BackupEndings endings,
      Vault vault,
      Outbox outbox,
      Care care) {
    this.database = database;
    this.stores = stores;
    this.endings = endings;
    this.vault = vault;
    this.outbox = outbox;
    this.healing = care.healing();
    this.patience = care.patience();
  }

  /** What the sealer reads and writes. */
  record Stores(JobStore jobs, ShardStore shards, PointStore points) {}

  /** What is done about what goes wrong, here or in older points. */
  record Care(Healing healing, SealPatience patience) {}

  /** Seals what is to be sealed, one backup after the other; nothing if that is under way. */
  Future<Void> wake() {
    if (running) {
      return Future.succeededFuture();
    }
    running = true;
    return backups.sealing(database).compose(this::sealAll).onComplete(done -> running = false);
  }

  private Future<Void> sealAll(List<String> ids) {
    Future<Void> chain = Future.succeededFuture();
    for (String id : ids) {
      chain = chain.compose(done -> seal(id));
    }
    return chain;
  }

  private Future<Void> seal(String id) {
    return plan(id)
        .compose(plan ->
            vault
                .run(repository -> TreeSealer.seal(repository, plan))
                .compose(sealed -> commit(plan, sealed)))
        .onSuccess(done -> patience.ends(id))
        .recover(failure ->
            isTransient(failure)
                .compose(passes ->
                    passes && patience.allows(id) ? await(id, failure) : fail(id, failure)));
  }

  /** Fails if the database is away: the manifest may be there, so nothing is decided then. */
  private Future<Boolean> isTransient(Throwable failure) {
    return switch (failure) {
      case DatabaseUnavailableException away -> Future.failedFuture(away);
      // What was read may be missing because all of the repository is.
      case DamagedDataException damaged -> vault.check().map(state -> !state.usable());
      default -> Future.succeededFuture(SealPatience.mayPass(failure));
    };
  }

  private Future<Void> await(String id, Throwable failure) {
    if (patience.begins(id)) {
      LOG.warn(
          "A backup is complete and waits for the repository: {} [backup: {}]",
          failure.getMessage(),
          id);
    }
    return Future.succeededFuture();
  }

  private Future<SealPlan> plan(String id) {
    return database.inTransaction(transaction ->
        stores
            .jobs()
            .lock(transaction, id)
            .compose(job ->
                Future.all(
                        backups.get(transaction, id),
                        backups.disks(transaction, id),
                        stores.shards().of(transaction, id))
                    .map(all ->
                        new SealPlan(
                            job.orElseThrow(),
                            all.resultAt(0),
                            all.resultAt(1),
                            all.resultAt(2)))));
  }

  private Future<Void> commit(SealPlan plan, TreeSealer.Sealed sealed) {
    String id = plan.job().id();
    Point point =
        ManifestPoints.point(
            sealed.manifest(),
            target ->
                plan.disks().stream()
                    .anyMatch(disk -> disk.target().equals(target) && disk.checkpointed()));
    return database
        .inTransaction(transaction ->
            stores
                .jobs()
                .lock(transaction, id)
                .compose(job ->
                    job.filter(BackupStage.SEALING::isStageOf).isPresent()
                        ? commit(transaction, point, packs(plan, sealed))
                        : Future.succeededFuture()))
        .onSuccess(done ->
            LOG.info(
                "A restore point is sealed [vm: {}, point: {}, kind: {}]",
                point.vm(),
                id,
                point.kind()))
        .onSuccess(done -> healing.after(point));
  }

  private Future<Void> commit(SqlConnection transaction, Point point, List<PackRow> packs) {
    return stores
        .points()
        .add(transaction, point, packs)
        .compose(done ->
            stores
                .jobs()
                .succeed(transaction, point.id(), BackupStage.SEALED.word(), Optional.empty()))
        .compose(done -> stores.shards().dropLeaves(transaction, point.id()))
        .compose(done -> outbox.add(transaction, event(point)))
        .compose(done -> backups.get(transaction, point.id()))
        .compose(backup ->
            backup.jobEnded()
                ? stores
                    .jobs()
                    .lock(transaction, point.id())
                    .compose(job -> endings.release(transaction, job.orElseThrow()))
                : Future.succeededFuture());
  }

  /**
   * A backup that failed has no point: what may be there of it goes first, if it can. Only while
   * the row of the job is held, so that nobody has sealed it meanwhile.
   */
  private Future<Void> withdraw(String id) {
    return vault
        .<Void>run(repository -> {
          repository.forget(id);
          return null;
        })
        .otherwiseEmpty();
  }

  private Future<Void> fail(String id, Throwable failure) {
    patience.ends(id);
    LOG.error("A backup could not be sealed [backup: {}]", id, failure);
    String reason = Optional.ofNullable(failure.getMessage()).orElseGet(failure::toString);
    return database.inTransaction(transaction ->
        stores
            .jobs()
            .lock(transaction, id)
            .compose(job ->
                job.filter(BackupStage.SEALING::isStageOf)
                    .map(sealing ->
                        withdraw(id)
                            .compose(done ->
                                endings.fail(
                                    transaction,
                                    sealing,
                                    "The restore point of VM '"
                                        + sealing.vm()
                                        + "' could not be written: "
                                        + reason)))
                    .orElseGet(Future::succeededFuture)));
  }

  private static List<PackRow> packs(SealPlan plan, TreeSealer.Sealed sealed) {
    List<PackRow> packs = new ArrayList<>();
    for (ReportedShard shard : plan.shards()) {
      shard
          .pack()
          .ifPresent(
              pack -> packs.add(PackRow.of(pack.pack(), pack.rawBytes(), pack.storedBytes())));
    }
    sealed
        .packs()
        .forEach(pack ->
            packs.add(PackRow.of(pack.id().toString(), pack.rawBytes(), pack.storedBytes())));
    List<String> sized = packs.stream().map(PackRow::id).toList();
    sealed.manifest().packs().stream()
        .map(Object::toString)
        .filter(pack -> !sized.contains(pack))
        .forEach(pack -> packs.add(new PackRow(pack, Optional.empty(), Optional.empty())));
    return packs;
  }

  private static RestorePointSealed event(Point point) {
    return new RestorePointSealed(
        point.id(),
        point.hypervisor(),
        point.domainUuid(),
        point.vm(),
        point.parent(),
        point.kind(),
        point.checkpoint(),
        point.sealedAt(),
        point.disks().stream()
            .map(disk ->
                new SealedDisk(
                    disk.target(),
                    disk.sizeBytes(),
                    disk.readBytes(),
                    disk.changedBytes(),
                    disk.zeroBytes(),
                    disk.storedBytes(),
                    disk.mode(),
                    disk.reason()))
            .toList());
  }
}
