package io.tidemark.events;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A restore point exists: every byte of every disk of its instant is in the repository, durable and
 * hashed.
 *
 * @param parent the restore point it builds on
 * @param kind {@code incremental} if at least one disk was read through its bitmap, else {@code
 *     full}
 * @param checkpoint the libvirt checkpoint that the next incremental builds on
 */
public record RestorePointSealed(
    String backupId,
    String hypervisor,
    String domainUuid,
    String domainName,
    Optional<String> parent,
    DiskMode kind,
    Optional<String> checkpoint,
    Instant sealedAt,
    List<SealedDisk> disks)
    implements BackupEvent {
  public RestorePointSealed {
    disks = List.copyOf(disks);
  }
}
