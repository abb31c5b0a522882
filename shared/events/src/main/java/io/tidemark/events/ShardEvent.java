package io.tidemark.events;

/**
 * One unit of work for the extractors: a range of one disk of one backup or restore. Any extractor
 * of the consumer group may take it, and may take it again after another was lost with it.
 */
public sealed interface ShardEvent extends Event
    permits BackupShardPlanned, RestoreShardPlanned, ShardFailed {

  /** The backup or restore that the shard belongs to. */
  String jobId();

  /** The disk's target name, for example {@code vda}. */
  String target();

  /** The shard's number within its disk, from 0. */
  int index();

  /** Names the shard, whoever is offered it and however often. */
  default String shardId() {
    return jobId() + "/" + target() + "/" + index();
  }

  @Override
  default String key() {
    return shardId();
  }
}
