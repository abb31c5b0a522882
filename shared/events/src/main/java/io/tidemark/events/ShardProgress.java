package io.tidemark.events;

/**
 * A running shard's heartbeat, at least once a second.
 *
 * @param doneBytes bytes read (backup) or written (restore) so far
 * @param totalBytes bytes that the shard will read or write
 */
public record ShardProgress(
    String jobId,
    JobKind job,
    String target,
    int index,
    String worker,
    long doneBytes,
    long totalBytes)
    implements Event {
  @Override
  public Topic topic() {
    return Topic.PROGRESS;
  }

  @Override
  public String key() {
    return jobId;
  }
}
