package io.tidemark.events;

import java.util.Optional;

/**
 * One unit of work for the extractors: a range of one disk of one backup or restore. Any extractor
 * of the consumer group may take it, and may take it again after another was lost with it.
 */
public sealed interface ShardEvent extends Event permits PlannedShard, ShardFailed {

  /** The backup or restore that the shard belongs to. */
  String jobId();

  /** The disk's target name, for example {@code vda}. */
  String target();

  /** The shard's number within its disk, from 0. */
  int index();

  /**
   * Names the ranges that a survey cut its disks into: two surveys of one job that cut them
   * differently number other ranges alike. Empty in events of earlier versions, and where it is of
   * no matter.
   */
  default Optional<String> cut() {
    return Optional.empty();
  }

  /** Names the shard, whoever is offered it and however often. */
  default String shardId() {
    return shardId(jobId(), target(), cut(), index());
  }

  /** {@link #shardId()} of a shard of which that is known. */
  static String shardId(String jobId, String target, Optional<String> cut, int index) {
    return jobId + "/" + target + cut.map("/"::concat).orElse("") + "/" + index;
  }

  @Override
  default String key() {
    return shardId();
  }
}
