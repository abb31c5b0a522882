package io.tidemark.events;

import java.util.List;

/**
 * Somebody wants a restore point. Any system may publish this.
 *
 * @param backupId chosen by the requester, a UUID; if absent, the id of the CloudEvent is taken
 * @param domain name or UUID
 * @param kind how much to read; absent means {@link BackupKind#AUTO}
 * @param disks target names; empty: every disk that can be backed up
 */
public record BackupRequested(String backupId, String domain, BackupKind kind, List<String> disks)
    implements BackupEvent {
  public BackupRequested {
    backupId = backupId == null ? "" : backupId;
    kind = kind == null ? BackupKind.AUTO : kind;
    disks = disks == null ? List.of() : List.copyOf(disks);
  }

  /** The same request under the id that it is known by from now on. */
  public BackupRequested withBackupId(String id) {
    return new BackupRequested(id, domain, kind, disks);
  }
}
