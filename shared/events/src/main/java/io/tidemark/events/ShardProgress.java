package io.tidemark.events;

import java.util.Optional;

/**
 * A running shard's heartbeat, at least once a second.
 *
 * @param doneBytes bytes read (backup) or written (restore) so far
 * @param totalBytes bytes that the shard will read or write
 * @param hypervisor whose disk it is; empty in events of earlier versions
 * @param domainUuid whose disk it is; empty for restores, and in events of earlier versions
 */
public record ShardProgress(
    String jobId,
    JobKind job,
    String target,
    int index,
    String worker,
    long doneBytes,
    long totalBytes,
    Optional<String> hypervisor,
    Optional<String> domainUuid)
    implements ProgressEvent {

  /** A heartbeat of a shard of nobody knows which domain. */
  public ShardProgress(
      String jobId,
      JobKind job,
      String target,
      int index,
      String worker,
      long doneBytes,
      long totalBytes) {
    this(
        jobId,
        job,
        target,
        index,
        worker,
        doneBytes,
        totalBytes,
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public String key() {
    return jobId;
  }
}
