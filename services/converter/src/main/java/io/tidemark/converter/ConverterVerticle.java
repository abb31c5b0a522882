package io.tidemark.converter;

import io.tidemark.events.ConversionRequested;
import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the converter reacts to. */
public final class ConverterVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ConverterVerticle.class);
  private static final long RETRY_MILLIS = 2_000;

  private final ConverterConfig config;
  private final Events events;
  private final Hypervisor hypervisor;
  private Supplier<Future<Void>> stop = Future::succeededFuture;

  public ConverterVerticle(ConverterConfig config, Events events, Hypervisor hypervisor) {
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

  private void begin() {
    hypervisor
        .name()
        .compose(this::consume)
        .onFailure(e -> {
          LOG.warn("The converter waits for its hypervisor: {}", e.getMessage());
          vertx.setTimer(RETRY_MILLIS, id -> begin());
        });
  }

  private Future<Void> consume(String name) {
    Conversions conversions = new Conversions(vertx, config, events, hypervisor, name);
    RestoreTargets restores = new RestoreTargets(vertx, config, events, hypervisor, name);
    EventConsumer consumer =
        events
            .consumer("tidemark-converter-" + name, Topic.CONVERSIONS, Topic.RESTORES)
            .on(ConversionRequested.class, conversions::record)
            .on(RestoreAccepted.class, restores::prepare)
            .on(RestoreDataWritten.class, restores::finish)
            .on(RestoreFailed.class, restores::giveUp);
    stop = () -> consumer.stop().eventually(restores::close);
    return conversions.resume().compose(v -> restores.resume()).compose(v -> consumer.start());
  }

  @Override
  public Future<?> stop() {
    return stop.get();
  }
}
