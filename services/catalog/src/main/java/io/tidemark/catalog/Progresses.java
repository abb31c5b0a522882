package io.tidemark.catalog;

import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.store.Database;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the heartbeats of shards: for the progress of jobs, and so that their deadlines are put
 * off. Confined to one context.
 */
final class Progresses {
  private static final Logger LOG = LoggerFactory.getLogger(Progresses.class);

  private final Database database;
  private final ProgressBoard board;
  private final Duration limit;
  private final JobStore jobs = new JobStore();
  private final Map<String, Long> touched = new HashMap<>();

  Progresses(Database database, ProgressBoard board, Duration limit) {
    this.database = database;
    this.board = board;
    this.limit = limit;
  }

  /** A shard lives. Losing this does no harm: the next heartbeat comes within a second. */
  void heartbeat(EventEnvelope<ShardProgress> envelope) {
    ShardProgress progress = envelope.event();
    board.heartbeat(
        progress.jobId(), progress.target() + "/" + progress.index(), progress.doneBytes());
    long now = System.nanoTime();
    // Not each heartbeat of each shard is worth a write: a few within the limit are enough.
    Long before = touched.get(progress.jobId());
    if (before == null || now - before > limit.toNanos() / 20) {
      touched.put(progress.jobId(), now);
      Future<Void> unused =
          jobs.touch(database, progress.jobId(), limit)
              .onFailure(failure -> LOG.debug("A heartbeat was lost: {}", failure.getMessage()));
    }
    touched.values().removeIf(last -> now - last > limit.toNanos());
  }
}
