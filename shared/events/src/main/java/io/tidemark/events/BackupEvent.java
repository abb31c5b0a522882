package io.tidemark.events;

/**
 * The story of one backup, from the request to the sealed restore point and the closed libvirt job.
 */
public sealed interface BackupEvent extends Event
    permits BackupRequested,
        BackupAccepted,
        BackupStarted,
        ShardsPlanned,
        ShardExtracted,
        RestorePointSealed,
        BackupFailed,
        BackupJobEnded {

  /**
   * Identifies the backup in every event of its story; the restore point that it makes has the same
   * id.
   */
  String backupId();

  @Override
  default Topic topic() {
    return Topic.BACKUPS;
  }

  @Override
  default String key() {
    return backupId();
  }
}
