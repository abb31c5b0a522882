package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the checkpointer reacts to. */
public final class CheckpointerVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointerVerticle.class);
  private static final long RETRY_MILLIS = 2_000;
  private static final long WATCH_MILLIS = 1_000;

  private final CheckpointerConfig config;
  private final Events events;
  private final Hypervisor hypervisor;
  private Supplier<Future<Void>> stop = Future::succeededFuture;
  private boolean complained;

  /**
   * The checkpointer of {@code hypervisor}, which stays the caller's to close, as {@code events}
   * do.
   */
  public CheckpointerVerticle(CheckpointerConfig config, Events events, Hypervisor hypervisor) {
    this.config = config;
    this.events = events;
    this.hypervisor = hypervisor;
  }

  @Override
  public Future<?> start() {
    // The hypervisor may be away at the start: what is asked meanwhile waits on Kafka.
    begin();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return stop.get();
  }

  private void begin() {
    hypervisor
        .name()
        .compose(this::consume)
        .onFailure(e -> {
          if (!complained) {
            complained = true;
            LOG.warn("The checkpointer waits for its hypervisor: {}", e.getMessage());
          }
          vertx.setTimer(RETRY_MILLIS, id -> begin());
        });
  }

  private Future<Void> consume(String name) {
    BackupJobs jobs = BackupJobs.of(vertx, config, events, hypervisor, name);
    EventConsumer consumer =
        events
            .consumer("tidemark-checkpointer-" + name, Topic.BACKUPS)
            .on(BackupAccepted.class, jobs::begin)
            .on(RestorePointSealed.class, jobs::complete)
            .on(BackupFailed.class, jobs::abort);
    stop = consumer::stop;
    return jobs.resume()
        .compose(v -> consumer.start())
        .onSuccess(v -> vertx.setPeriodic(WATCH_MILLIS, id -> jobs.watch()));
  }
}
