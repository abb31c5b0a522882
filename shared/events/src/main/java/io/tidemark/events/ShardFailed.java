package io.tidemark.events;

/**
 * An extractor cannot do a shard, or a survey, and trying again would not help.
 *
 * @param target the disk's target name
 * @param index the shard's number; -1 if the survey of the disk failed
 * @param reason one sentence that names the thing and says what to do
 */
public record ShardFailed(
    String jobId, JobKind job, String target, int index, String worker, String reason)
    implements ShardEvent {
  @Override
  public Topic topic() {
    return Topic.SHARD_FAILURES;
  }
}
