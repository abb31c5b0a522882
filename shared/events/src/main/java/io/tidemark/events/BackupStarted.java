package io.tidemark.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The domain's disks are frozen at one instant and exported over NBD.
 *
 * @param checkpoint the new libvirt checkpoint taken at that instant; empty if no disk can keep
 *     bitmaps
 * @param parent the restore point that this one builds on
 * @param instant when the disks were frozen
 * @param domainXml the persistent domain XML at that instant
 */
public record BackupStarted(
    String backupId,
    String hypervisor,
    String domainUuid,
    String domainName,
    Optional<String> checkpoint,
    Optional<String> parent,
    Consistency consistency,
    Instant instant,
    String domainXml,
    List<BackupDisk> disks)
    implements BackupEvent {
  public BackupStarted {
    disks = List.copyOf(disks);
  }
}
