package io.tidemark.events;

import java.util.Optional;

/**
 * A range of one disk that an extractor reads into the repository.
 *
 * @param backupId the backup
 * @param index number within the disk, from 0
 * @param offset first byte, a multiple of the span of a leaf node (16 MiB)
 * @param lengthBytes a multiple of the span of a leaf node, or up to the end of the disk
 * @param disk the disk as exported; the mode is the one the survey decided
 * @param hypervisor whose disk it is; empty in events of earlier versions
 * @param domainUuid whose disk it is; empty in events of earlier versions
 * @param handovers how often an extractor that had too much to do has passed it on; each time it
 *     gets another key, and so most likely another extractor
 * @param cut names the ranges that all shards of this survey are; empty in events of earlier
 *     versions
 */
public record BackupShardPlanned(
    String backupId,
    int index,
    long offset,
    long lengthBytes,
    BackupDisk disk,
    Optional<String> hypervisor,
    Optional<String> domainUuid,
    int handovers,
    Optional<String> cut)
    implements ShardEvent {

  /** A shard of nobody knows which domain, not handed over yet. */
  public BackupShardPlanned(
      String backupId, int index, long offset, long lengthBytes, BackupDisk disk) {
    this(
        backupId,
        index,
        offset,
        lengthBytes,
        disk,
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty());
  }

  /** The same shard for another extractor. */
  public BackupShardPlanned handedOver() {
    return new BackupShardPlanned(
        backupId, index, offset, lengthBytes, disk, hypervisor, domainUuid, handovers + 1, cut);
  }

  @Override
  public String key() {
    return handovers == 0 ? shardId() : shardId() + "/" + handovers;
  }

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
