package io.tidemark.events;

import java.util.Optional;

/** A shard that is to be done, on its way to a worker. */
public sealed interface PlannedShard extends ShardEvent
    permits BackupShardPlanned, RestoreShardPlanned {

  /** How often a worker has handed it over to one that had less to do. */
  int handovers();

  /**
   * The partition of {@link Topic#SHARDS}, where the worker reads that it was handed over to; empty
   * if it was not.
   */
  Optional<Integer> partition();

  /** The same shard for the worker that reads that partition. */
  PlannedShard handedOver(int to);

  @Override
  default Topic topic() {
    return Topic.SHARDS;
  }

  @Override
  default String key() {
    return shardId() + partition().map(to -> "/" + handovers() + "@" + to).orElse("");
  }
}
