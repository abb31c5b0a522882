package io.tidemark.events;

import java.util.Optional;

/**
 * A range of one disk that an extractor writes from the repository.
 *
 * @param offset first byte, a multiple of the span of a leaf node (16 MiB)
 * @param lengthBytes a multiple of the span of a leaf node, or up to the end of the disk
 * @param hypervisor where the target is; empty in events of earlier versions
 * @param handovers how often a worker has handed it over to one that had less to do
 * @param cut names the ranges that all shards of this survey are; empty in events of earlier
 *     versions
 * @param partition of {@link Topic#SHARDS}, where the worker reads that it was handed over to;
 *     empty if it was not
 */
public record RestoreShardPlanned(
    String restoreId,
    int index,
    long offset,
    long lengthBytes,
    RestoreTarget restoreTarget,
    Optional<String> hypervisor,
    int handovers,
    Optional<String> cut,
    Optional<Integer> partition)
    implements PlannedShard {

  /** A shard for nobody knows which hypervisor, not handed over yet. */
  public RestoreShardPlanned(
      String restoreId, int index, long offset, long lengthBytes, RestoreTarget restoreTarget) {
    this(
        restoreId,
        index,
        offset,
        lengthBytes,
        restoreTarget,
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public RestoreShardPlanned handedOver(int to) {
    return new RestoreShardPlanned(
        restoreId,
        index,
        offset,
        lengthBytes,
        restoreTarget,
        hypervisor,
        handovers + 1,
        cut,
        Optional.of(to));
  }

  @Override
  public String jobId() {
    return restoreId;
  }

  @Override
  public String target() {
    return restoreTarget.disk().target();
  }
}
