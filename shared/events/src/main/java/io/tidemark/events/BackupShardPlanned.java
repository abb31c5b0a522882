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
 * @param handovers how often a worker has handed it over to one that had less to do
 * @param cut names the ranges that all shards of this survey are; empty in events of earlier
 *     versions
 * @param partition of {@link Topic#SHARDS}, where the worker reads that it was handed over to;
 *     empty if it was not
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
    Optional<String> cut,
    Optional<Integer> partition)
    implements PlannedShard {

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
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public BackupShardPlanned handedOver(int to) {
    return new BackupShardPlanned(
        backupId,
        index,
        offset,
        lengthBytes,
        disk,
        hypervisor,
        domainUuid,
        handovers + 1,
        cut,
        Optional.of(to));
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
