package io.tidemark.checkpointer;

import io.tidemark.hypervisor.BackupXml;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup jobs that libvirt runs for the suite. They are known by their sockets; those of other
 * programs are left alone.
 */
final class OwnJobs {
  private static final Logger LOG = LoggerFactory.getLogger(OwnJobs.class);

  private final Hypervisor hypervisor;
  private final HostDirectories directories;

  OwnJobs(Hypervisor hypervisor, HostDirectories directories) {
    this.hypervisor = hypervisor;
    this.directories = directories;
  }

  /** True if the domain's backup job is the one of this backup. */
  Future<Boolean> has(String domainUuid, String backupId) {
    return socket(domainUuid)
        .map(socket -> socket.filter(directories.socket(backupId)::equals).isPresent());
  }

  /**
   * Ends the job of this backup if there is one, and lets the guest go on if it stands still
   * because what it overwrote had no room: as long as the job goes on it would at once stand still
   * again. Fails while the job may still be there, or the guest may still stand, and can then be
   * done again.
   */
  Future<Void> end(String domainUuid, String backupId) {
    return has(domainUuid, backupId)
        .compose(there -> there ? abort(domainUuid, backupId) : Future.succeededFuture())
        .compose(v -> letGoOn(domainUuid))
        .recover(OwnJobs::unlessGone);
  }

  /**
   * Nobody remembers a job on one of our sockets by now: it has outlived the checkpointer's journal
   * and is ended. Fails with {@link JobRefused} if the domain has the job of another program.
   */
  Future<Void> endOrphan(Domain domain) {
    return hypervisor
        .backupXml(domain.uuid())
        .compose(running -> {
          if (running.isEmpty()) {
            return Future.succeededFuture();
          }
          if (BackupXml.socketOf(running.get()).filter(directories::isOwnSocket).isPresent()) {
            LOG.warn("Ending a backup job that nobody remembers [vm: {}]", domain.name());
            return hypervisor.abortBackup(domain.uuid()).compose(v -> letGoOn(domain.uuid()));
          }
          throw new JobRefused(
              "VM "
                  + domain.name()
                  + " has a backup job of another program: wait for it, or end"
                  + " it with `virsh domjobabort`.");
        });
  }

  /** libvirt may say that it failed, or not answer in time, and end the job all the same. */
  private Future<Void> abort(String domainUuid, String backupId) {
    return hypervisor
        .abortBackup(domainUuid)
        .recover(e ->
            has(domainUuid, backupId)
                .compose(there -> there ? Future.failedFuture(e) : Future.succeededFuture()));
  }

  private Future<Void> letGoOn(String domainUuid) {
    return hypervisor
        .domain(domainUuid)
        .compose(found -> {
          Optional<Domain> stalled = found.filter(domain -> domain.state() == Domain.State.STALLED);
          if (stalled.isEmpty()) {
            return Future.succeededFuture();
          }
          LOG.info("Letting the stalled guest go on [vm: {}]", stalled.get().name());
          return hypervisor.resume(domainUuid);
        });
  }

  private Future<Optional<Path>> socket(String domainUuid) {
    return hypervisor.backupXml(domainUuid).map(xml -> xml.flatMap(BackupXml::socketOf));
  }

  private static Future<Void> unlessGone(Throwable e) {
    return e instanceof HypervisorException.NoSuchDomain
        ? Future.succeededFuture()
        : Future.failedFuture(e);
  }
}
