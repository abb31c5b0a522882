package io.tidemark.catalog.backup;

import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ParentPoint;
import io.tidemark.repository.RepositoryException;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets the backups of a domain through one after the other. Works inside the caller's transaction.
 */
final class BackupQueue {
  private final DomainStore domains;
  private final PointStore points;
  private final JobStore jobs;
  private final BackupStore backups = new BackupStore();
  private final Vault vault;
  private final Outbox outbox;
  private final Timeouts timeouts;

  BackupQueue(Stores stores, Vault vault, Outbox outbox, Timeouts timeouts) {
    this.domains = stores.domains();
    this.points = stores.points();
    this.jobs = stores.jobs();
    this.vault = vault;
    this.outbox = outbox;
    this.timeouts = timeouts;
  }

  /** What the queue reads and writes. */
  record Stores(DomainStore domains, PointStore points, JobStore jobs) {}

  /** Accepts the domain's oldest queued backup, unless one of it is under way. */
  Future<Void> acceptNext(SqlConnection transaction, String domainUuid) {
    return domains
        .lock(transaction, domainUuid)
        .compose(domain ->
            backups
                .nextQueued(transaction, domainUuid)
                .compose(next ->
                    next.map(id -> accept(transaction, id, domain))
                        .orElseGet(Future::succeededFuture)));
  }

  private Future<Void> accept(SqlConnection transaction, String id, Domain domain) {
    Optional<String> refusal =
        domain.gone()
            ? Optional.of(
                "VM '" + domain.name() + "' is no longer defined: define it again, then repeat it.")
            : vault.state().refusal();
    if (refusal.isPresent()) {
      return turnDown(transaction, id, domain, refusal.get());
    }
    return backups
        .get(transaction, id)
        .compose(backup ->
            parent(
                    transaction,
                    domain.uuid(),
                    backup.targets().isEmpty() ? domain.targets() : backup.targets(),
                    vault.state().missing())
                .transform(parent ->
                    parent.failed() && parent.cause() instanceof RepositoryException
                        ? turnDown(
                            transaction,
                            id,
                            domain,
                            "No backup can be made: " + parent.cause().getMessage())
                        : parent.succeeded()
                            ? begin(transaction, id, backup, domain, parent.result())
                            : Future.failedFuture(parent.cause())));
  }

  /**
   * The newest point that can be built on and that the repository has: nothing is known of those
   * that nobody has looked for lately.
   */
  private Future<Optional<Point>> parent(
      SqlConnection transaction, String domainUuid, List<String> wanted, Set<String> missing) {
    return points
        .parentFor(transaction, domainUuid, wanted, missing)
        .compose(found ->
            found
                .map(point ->
                    vault
                        .run(repository -> repository.hasPoint(point.id()))
                        .compose(there ->
                            there
                                ? Future.succeededFuture(found)
                                : parent(
                                    transaction, domainUuid, wanted, with(missing, point.id()))))
                .orElseGet(() -> Future.succeededFuture(found)));
  }

  private static Set<String> with(Set<String> ids, String another) {
    return Stream.concat(ids.stream(), Stream.of(another)).collect(Collectors.toUnmodifiableSet());
  }

  private Future<Void> turnDown(
      SqlConnection transaction, String id, Domain domain, String reason) {
    return refuse(transaction, id, domain, reason)
        .compose(refused -> acceptNext(transaction, domain.uuid()));
  }

  private Future<Void> begin(
      SqlConnection transaction, String id, Backup backup, Domain domain, Optional<Point> parent) {
    return backups
        .hold(transaction, id, parent.map(Point::id))
        .compose(held ->
            jobs.advance(transaction, id, BackupStage.ACCEPTED.word(), timeouts.backupStart()))
        .compose(accepted ->
            outbox.add(
                transaction,
                new BackupAccepted(
                    id,
                    domain.hypervisor(),
                    domain.uuid(),
                    domain.name(),
                    backup.full(),
                    backup.targets(),
                    parent.map(BackupQueue::parentPoint))));
  }

  private Future<Void> refuse(SqlConnection transaction, String id, Domain domain, String reason) {
    return jobs.fail(transaction, id, reason)
        .compose(failed ->
            outbox.add(transaction, new BackupFailed(id, Optional.empty(), domain.name(), reason)));
  }

  /**
   * Root and checkpoint always come from the same point: a bitmap is only right against the instant
   * that its checkpoint was taken at.
   */
  private static ParentPoint parentPoint(Point point) {
    return new ParentPoint(
        point.id(),
        point.checkpoint(),
        point.disks().stream()
            .map(disk ->
                new ParentDisk(disk.target(), disk.sizeBytes(), disk.root(), disk.checkpointed()))
            .toList());
  }
}
