package io.tidemark.events;

/**
 * A range of one disk that an extractor reads into the repository.
 *
 * @param backupId the backup
 * @param index number within the disk, from 0
 * @param offset first byte, a multiple of the span of a leaf node (16 MiB)
 * @param lengthBytes a multiple of the span of a leaf node, or up to the end of the disk
 * @param disk the disk as exported; the mode is the one the survey decided
 */
public record BackupShardPlanned(
    String backupId, int index, long offset, long lengthBytes, BackupDisk disk)
    implements ShardEvent {
  @Override
  public Topic topic() {
    return Topic.SHARDS;
  }

  @Override
  public String jobId() {
    return backupId;
  }

  @Override
  public String target() {
    return disk.target();
  }
}
