package io.tidemark.catalog.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What running jobs have done so far, from the heartbeats of their shards. Kept in memory only: it
 * is filled again within a second by the heartbeats. Confined to one context.
 */
public final class ProgressBoard {
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();
  private static final long FORGOTTEN_NANOS = Duration.ofHours(1).toNanos();
  private static final double NANOS_PER_SECOND = 1e9;

  private final LongSupplier nanoTime;
  private final Map<String, Entry> jobs = new HashMap<>();

  /**
   * @param nanoTime a clock such as {@link System#nanoTime}
   */
  public ProgressBoard(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A shard that is under way has got so far. */
  public void heartbeat(String jobId, String shard, long doneBytes) {
    long now = nanoTime.getAsLong();
    // Heartbeats may come after the end of a job, too.
    jobs.values().removeIf(entry -> now - entry.heard > FORGOTTEN_NANOS);
    Entry entry = jobs.computeIfAbsent(jobId, id -> new Entry());
    entry.heard = now;
    entry.running.merge(shard, doneBytes, Math::max);
  }

  /** A shard is reported; from now on it is counted by its report. */
  public void reported(String jobId, String shard) {
    Optional.ofNullable(jobs.get(jobId)).ifPresent(entry -> entry.running.put(shard, 0L));
  }

  /** The job has ended. */
  public void ended(String jobId) {
    jobs.remove(jobId);
  }

  /** How far the job is now. */
  public Progress of(Job job) {
    long total = job.totalBytes().orElse(0L);
    if (job.state() == JobState.SUCCEEDED) {
      return new Progress(total, total, 0, Optional.empty());
    }
    Entry entry = jobs.get(job.id());
    if (entry == null || job.state() != JobState.RUNNING) {
      return new Progress(Math.min(job.reportedBytes(), total), total, 0, Optional.empty());
    }
    long running = entry.running.values().stream().mapToLong(Long::longValue).sum();
    long done = job.reportedBytes() + running;
    long shown = total == 0 ? done : Math.min(done, total);
    long rate = entry.rate(nanoTime.getAsLong(), shown);
    Optional<Long> left =
        rate > 0 && total > 0 ? Optional.of(Math.ceilDiv(total - shown, rate)) : Optional.empty();
    return new Progress(shown, total, rate, left);
  }

  private static final class Entry {
    private final Map<String, Long> running = new HashMap<>();
    private long heard;
    private final Deque<Sample> samples = new ArrayDeque<>();

    long rate(long now, long done) {
      // Readers come as often as they like: a few samples a second are enough.
      if (samples.isEmpty() || now - samples.peekLast().nanos() > WINDOW_NANOS / 50) {
        samples.addLast(new Sample(now, done));
      }
      while (samples.size() > 2 && now - samples.peekFirst().nanos() > WINDOW_NANOS) {
        samples.removeFirst();
      }
      Sample first = samples.peekFirst();
      long nanos = now - first.nanos();
      return nanos <= 0
          ? 0
          : Math.max(0, Math.round((done - first.done()) / (nanos / NANOS_PER_SECOND)));
    }
  }

  private record Sample(long nanos, long done) {}
}
