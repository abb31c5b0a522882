package io.tidemark.events;

import java.util.List;
import java.util.Optional;

/**
 * The catalog has recorded the request, found the domain and the restore point to build on; it is
 * this domain's turn.
 *
 * @param full every disk is to be read whole
 * @param disks target names; empty: every disk that can be backed up
 * @param parent the latest sealed restore point of the domain
 */
public record BackupAccepted(
    String backupId,
    String hypervisor,
    String domainUuid,
    String domainName,
    boolean full,
    List<String> disks,
    Optional<ParentPoint> parent)
    implements BackupEvent {
  public BackupAccepted {
    disks = List.copyOf(disks);
  }
}
