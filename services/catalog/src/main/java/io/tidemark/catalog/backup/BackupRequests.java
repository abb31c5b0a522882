package io.tidemark.catalog.backup;

import io.tidemark.catalog.Ids;
import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.NewJob;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.EventEnvelope;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;

/** Takes requests for backups, from the API and from anybody on Kafka. */
public final class BackupRequests {
  private final Database database;
  private final Domains domains;
  private final JobStore jobs;
  private final BackupStore backups = new BackupStore();
  private final BackupQueue queue;
  private final Vault vault;
  private final Outbox outbox;

  BackupRequests(
      Database database,
      Domains domains,
      JobStore jobs,
      BackupQueue queue,
      VaultAndOutbox vaultAndOutbox) {
    this.database = database;
    this.domains = domains;
    this.jobs = jobs;
    this.queue = queue;
    this.vault = vaultAndOutbox.vault();
    this.outbox = vaultAndOutbox.outbox();
  }

  /** What requests are checked against, and where the answers go. */
  record VaultAndOutbox(Vault vault, Outbox outbox) {}

  /**
   * Records a request and says so on Kafka.
   *
   * @return the id of the backup; fails with a {@link Refusal} when there is no such VM or disk, or
   *     no repository to write to
   */
  public Future<String> submit(BackupRequested request) {
    String id = request.backupId();
    return database.inTransaction(transaction ->
        judge(transaction, request)
            .compose(verdict ->
                switch (verdict) {
                  case Rejected rejected ->
                      Future.failedFuture(new Refusal(rejected.kind(), rejected.reason()));
                  case Admitted admitted ->
                      outbox
                          .add(transaction, request)
                          .compose(said -> admit(transaction, request, admitted.domain()))
                          .map(id);
                }));
  }

  /** Somebody asks for a backup. Asking twice under one id is asking once. */
  Future<Void> requested(SqlConnection transaction, EventEnvelope<BackupRequested> envelope) {
    BackupRequested request = envelope.event().withBackupId(idOf(envelope));
    return judge(transaction, request)
        .compose(verdict ->
            switch (verdict) {
              case Rejected rejected -> reject(transaction, request, rejected.reason());
              case Admitted admitted -> admit(transaction, request, admitted.domain());
            });
  }

  /** The backup's id: the requester's or the event's, made a UUID if it is none. */
  static String idOf(EventEnvelope<BackupRequested> envelope) {
    String wanted = envelope.event().backupId();
    return Ids.uuid(wanted.isEmpty() ? envelope.id() : wanted);
  }

  private Future<Void> admit(SqlConnection transaction, BackupRequested request, Domain domain) {
    NewJob job =
        new NewJob(
            request.backupId(),
            JobType.BACKUP,
            domain.name(),
            Optional.of(domain.uuid()),
            Optional.of(domain.hypervisor()));
    return jobs.insert(transaction, job)
        .compose(isNew ->
            isNew
                ? backups
                    .insert(
                        transaction,
                        request.backupId(),
                        Optional.of(domain.uuid()),
                        isFull(request),
                        request.disks())
                    .compose(added -> queue.acceptNext(transaction, domain.uuid()))
                : Future.succeededFuture());
  }

  private Future<Void> reject(SqlConnection transaction, BackupRequested request, String reason) {
    String id = request.backupId();
    String vm = Optional.ofNullable(request.domain()).orElse("");
    NewJob job = new NewJob(id, JobType.BACKUP, vm, Optional.empty(), Optional.empty());
    return jobs.insert(transaction, job)
        .compose(isNew ->
            isNew
                ? backups
                    .insert(transaction, id, Optional.empty(), isFull(request), request.disks())
                    .compose(added -> jobs.fail(transaction, id, reason))
                    .compose(failed ->
                        outbox.add(transaction, new BackupFailed(id, Optional.empty(), vm, reason)))
                : Future.succeededFuture());
  }

  private Future<Verdict> judge(SqlConnection transaction, BackupRequested request) {
    if (request.domain() == null || request.domain().isBlank()) {
      return Future.succeededFuture(
          new Rejected(
              Refusal.Kind.INVALID, "A backup needs the name or UUID of a VM: say which one."));
    }
    return domains
        .defined(transaction, request.domain())
        .map(found ->
            switch (found) {
              case Domains.None none -> new Rejected(Refusal.Kind.NOT_FOUND, none.reason());
              case Domains.One one -> judge(request, one.domain());
            });
  }

  private Verdict judge(BackupRequested request, Domain domain) {
    List<String> targets = domain.targets();
    Optional<String> unknown =
        request.disks().stream().filter(disk -> !targets.contains(disk)).findFirst();
    if (unknown.isPresent()) {
      return new Rejected(
          Refusal.Kind.INVALID,
          "VM '"
              + domain.name()
              + "' has no disk '"
              + unknown.get()
              + "': it has "
              + (targets.isEmpty() ? "none" : String.join(", ", targets))
              + ".");
    }
    return vault
        .state()
        .refusal()
        .<Verdict>map(reason -> new Rejected(Refusal.Kind.UNAVAILABLE, reason))
        .orElseGet(() -> new Admitted(domain));
  }

  private static boolean isFull(BackupRequested request) {
    return request.kind() == io.tidemark.events.BackupKind.FULL;
  }

  private sealed interface Verdict {}

  private record Admitted(Domain domain) implements Verdict {}

  private record Rejected(Refusal.Kind kind, String reason) implements Verdict {}
}
