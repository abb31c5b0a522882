package io.tidemark.events;

/**
 * A range of one disk that an extractor writes from the repository.
 *
 * @param offset first byte, a multiple of the span of a leaf node (16 MiB)
 * @param lengthBytes a multiple of the span of a leaf node, or up to the end of the disk
 */
public record RestoreShardPlanned(
    String restoreId, int index, long offset, long lengthBytes, RestoreTarget restoreTarget)
    implements ShardEvent {
  @Override
  public Topic topic() {
    return Topic.SHARDS;
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
