package io.tidemark.extractor;

import io.tidemark.events.JobKind;
import io.tidemark.events.ShardEvent;
import io.tidemark.events.ShardProgress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once a second how far a shard is, until it is stopped. Event loop only. */
final class Heartbeat {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  /** A little less than a second, so that it is at least one a second. */
  private static final long PERIOD_MILLIS = 900;

  private final Workbench bench;
  private final Announcements announcements;
  private final ShardEvent shard;
  private final JobKind kind;
  private final long timer;
  private Optional<ShardAttempt> current = Optional.empty();

  Heartbeat(Workbench bench, Announcements announcements, ShardEvent shard, JobKind kind) {
    this.bench = bench;
    this.announcements = announcements;
    this.shard = shard;
    this.kind = kind;
    this.timer = bench.vertx().setPeriodic(PERIOD_MILLIS, tick -> beat());
  }

  /** From now on this attempt is reported. */
  void follow(ShardAttempt attempt) {
    current = Optional.of(attempt);
  }

  void stop() {
    bench.vertx().cancelTimer(timer);
  }

  private void beat() {
    ShardOrigin origin = ShardOrigin.of(shard);
    ShardProgress progress =
        new ShardProgress(
            shard.jobId(),
            kind,
            shard.target(),
            shard.index(),
            bench.config().worker(),
            current.map(ShardAttempt::doneBytes).orElse(0L),
            current.map(ShardAttempt::totalBytes).orElse(0L),
            origin.hypervisor(),
            origin.domainUuid());
    announcements
        .one(progress)
        .onFailure(e -> LOG.debug("A heartbeat was not published: {}", e.getMessage()));
  }
}
