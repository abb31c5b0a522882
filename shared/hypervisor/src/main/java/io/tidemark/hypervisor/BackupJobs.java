package io.tidemark.hypervisor;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** The backup jobs of domains; a domain has one at most. */
final class BackupJobs {
  private static final Duration ABORT_PATIENCE = Duration.ofSeconds(60);

  private final LibvirtCalls calls;
  private final Waiting waiting;

  BackupJobs(LibvirtCalls calls, Waiting waiting) {
    this.calls = calls;
    this.waiting = waiting;
  }

  Future<Void> begin(String uuid, String backupXml, Optional<String> checkpointXml) {
    return calls.onDomain(
        uuid,
        "begin a backup of",
        (connection, domain) -> {
          domain.backupBegin(backupXml, checkpointXml.orElse(null), 0);
          return null;
        });
  }

  Future<Optional<String>> xml(String uuid) {
    return calls.onDomain(uuid, "describe the backup job of", (connection, domain) -> xml(domain));
  }

  Future<Void> abort(String uuid) {
    return calls
        .onDomain(
            uuid,
            "end the backup job of",
            (connection, domain) -> {
              // virDomainAbortJob would end a migration or a snapshot just the same.
              if (xml(domain).isPresent()) {
                domain.abortJob();
              }
              return null;
            })
        .compose(aborted ->
            waiting.until(
                () -> xml(uuid).map(Optional::isEmpty), ABORT_PATIENCE, () -> lingering(uuid)));
  }

  private static Optional<String> xml(org.libvirt.Domain domain) throws LibvirtException {
    try {
      return Optional.of(domain.getBackupXMLDesc(0));
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN_BACKUP) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static HypervisorException lingering(String uuid) {
    return new HypervisorException.TimedOut(
        "The backup job of domain %s was told to end and is still there after %d s; see 'virsh domjobinfo %s'"
            .formatted(uuid, ABORT_PATIENCE.toSeconds(), uuid),
        null);
  }
}
