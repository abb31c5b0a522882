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
  private boolean stopped;
  private boolean complained;

  /**
   * The converter of {@code hypervisor}, which stays the caller's to close, as {@code events} do.
   */
  public ConverterVerticle(ConverterConfig config, Events events, Hypervisor hypervisor) {
    this.config = config;
    this.events = events;
    this.hypervisor = hypervisor;
  }

  @Override
  public Future<?> start() {
    if (!PathNames.areUnlimited()) {
      LOG.warn("{}", PathNames.advice());
    }
    Conversions conversions = new Conversions(vertx, config, events, hypervisor);
    // The hypervisor may be away at the start: what is asked meanwhile waits on Kafka.
    begin(conversions);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return stop.get();
  }

  private void begin(Conversions conversions) {
    hypervisor
        .name()
        .compose(name -> consume(name, conversions))
        .onFailure(e -> {
          complain(e);
          vertx.setTimer(RETRY_MILLIS, id -> begin(conversions));
        });
  }

  private Future<Void> consume(String name, Conversions conversions) {
    if (stopped) {
      return Future.succeededFuture();
    }
    RestoreTargets restores = new RestoreTargets(vertx, config, events, hypervisor, name);
    EventConsumer consumer =
        events
            .consumer("tidemark-converter-" + name, Topic.CONVERSIONS, Topic.RESTORES)
            .on(ConversionRequested.class, conversions::record)
            .on(RestoreAccepted.class, restores::prepare)
            .on(RestoreDataWritten.class, restores::finish)
            .on(RestoreFailed.class, restores::giveUp);
    stop = () -> consumer.stop().eventually(conversions::close).eventually(restores::close);
    return restores.resume().compose(v -> conversions.resume()).compose(v -> consumer.start());
  }

  private void complain(Throwable e) {
    if (!complained) {
      complained = true;
      LOG.warn("The converter waits for {}: {}; it keeps trying", hypervisor.uri(), e.getMessage());
    }
  }
}
