package io.tidemark.catalog;

import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.store.Database;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in the heartbeats of shards: for the progress of jobs, and so that their deadlines are put
 * off while there is any. Confined to one context.
 */
final class Progresses {
  private static final Logger LOG = LoggerFactory.getLogger(Progresses.class);

  private final Database database;
  private final ProgressBoard board;
  private final Timeouts timeouts;
  private final JobStore jobs = new JobStore();
  private final Map<String, Pulse> pulses = new HashMap<>();

  Progresses(Database database, ProgressBoard board, Timeouts timeouts) {
    this.database = database;
    this.board = board;
    this.timeouts = timeouts;
  }

  /** A shard lives. Losing this does no harm: the next heartbeat comes within a second. */
  void heartbeat(EventEnvelope<ShardProgress> envelope) {
    ShardProgress progress = envelope.event();
    String shard = progress.target() + "/" + progress.index();
    board.heartbeat(progress.jobId(), shard, progress.doneBytes());
    long now = System.nanoTime();
    pulses.values().removeIf(pulse -> now - pulse.heard > timeouts.progress().toNanos());
    Pulse pulse = pulses.computeIfAbsent(progress.jobId(), id -> new Pulse(now));
    pulse.beat(shard, progress.doneBytes(), now);
    if (pulse.isToBeWritten(now)) {
      pulse.written = Optional.of(now);
      Future<Void> unused =
          jobs.touch(database, progress.jobId(), timeouts.progress())
              .onFailure(failure -> LOG.debug("A heartbeat was lost: {}", failure.getMessage()));
    }
  }

  /**
   * The heartbeats of one job. They come by a timer, and so from a worker that hangs on its storage
   * too, while the guest goes on writing into the scratch file of its backup: only bytes that move
   * prove that it gets on.
   */
  private final class Pulse {
    private final Map<String, Long> doneBytes = new HashMap<>();
    private long heard;
    private long moved;
    private Optional<Long> written = Optional.empty();

    Pulse(long now) {
      this.heard = now;
      this.moved = now;
    }

    void beat(String shard, long done, long now) {
      heard = now;
      Long before = doneBytes.put(shard, done);
      if (before == null || before != done) {
        moved = now;
      }
    }

    /** Not each heartbeat of each shard is worth a write: a few within the limit are enough. */
    boolean isToBeWritten(long now) {
      return now - moved <= timeouts.stall().toNanos()
          && written.map(before -> now - before > timeouts.progress().toNanos() / 20).orElse(true);
    }
  }
}
