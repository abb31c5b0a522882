package io.tidemark.inventory;

import io.tidemark.events.DomainChanged;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.Topic;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the inventory reacts to: time, the hypervisor's own word, and what it said before it was
 * last stopped.
 */
public final class InventoryVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(InventoryVerticle.class);

  private final InventoryConfig config;
  private final Events events;
  private final Hypervisor hypervisor;
  private boolean complained;
  private boolean stopped;

  /**
   * The inventory of {@code hypervisor}, which stays the caller's to close, as {@code events} do.
   */
  public InventoryVerticle(InventoryConfig config, Events events, Hypervisor hypervisor) {
    this.config = config;
    this.events = events;
    this.hypervisor = hypervisor;
  }

  @Override
  public Future<?> start() {
    begin();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return Future.succeededFuture();
  }

  private void begin() {
    hypervisor
        .name()
        .compose(this::recall)
        .onSuccess(this::watch)
        .onFailure(e -> {
          complain(e);
          later(this::begin);
        });
  }

  /** What was said before a restart: domains that vanished meanwhile are in it. */
  private Future<Inventory> recall(String name) {
    Inventory inventory = new Inventory(name, hypervisor, events);
    EventConsumer past =
        events
            .reader(Topic.INVENTORY)
            .on(DomainSeen.class, seen -> inventory.recall(seen.hypervisor(), seen.domain()))
            .on(DomainChanged.class, seen -> inventory.recall(seen.hypervisor(), seen.domain()))
            .on(DomainGone.class, gone -> inventory.forget(gone.hypervisor(), gone.domainUuid()));
    return past.start().compose(v -> past.stop()).map(inventory);
  }

  private void watch(Inventory inventory) {
    hypervisor.onDomainChanged(uuid -> {
      if (!stopped) {
        inventory.lookSoon();
      }
    });
    vertx.setPeriodic(config.refresh().toMillis(), id -> inventory.refresh());
    inventory.refresh();
    look(inventory);
  }

  private void look(Inventory inventory) {
    inventory
        .look()
        .onSuccess(v -> recovered())
        .onFailure(this::complain)
        .onComplete(v -> later(() -> look(inventory)));
  }

  private void later(Runnable action) {
    if (!stopped) {
      vertx.setTimer(config.interval().toMillis(), id -> action.run());
    }
  }

  private void complain(Throwable e) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "The inventory can't look at {}: {}; it keeps trying", hypervisor.uri(), e.getMessage());
    }
  }

  private void recovered() {
    if (complained) {
      complained = false;
      LOG.info("The inventory sees {} again", hypervisor.uri());
    }
  }
}
