package io.tidemark.inventory;

import io.tidemark.events.DomainDescription;
import io.tidemark.events.InventoryEvent;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was last said of each domain, compared with what is there. Confined to one context; one look
 * at a time.
 */
final class Inventory {
  private static final Logger LOG = LoggerFactory.getLogger(Inventory.class);

  private final String name;
  private final Hypervisor hypervisor;
  private final Events events;
  private final DiskSizes sizes;
  private final Map<String, DomainDescription> said = new HashMap<>();
  private Future<Void> looking = Future.succeededFuture();
  private boolean sayEverything;
  private boolean lookQueued;

  /**
   * @param name the hypervisor's name
   */
  Inventory(String name, Hypervisor hypervisor, Events events) {
    this.name = name;
    this.hypervisor = hypervisor;
    this.events = events;
    this.sizes = new DiskSizes(hypervisor);
  }

  /** Takes up what an earlier run said. */
  Future<Void> recall(String ofHypervisor, DomainDescription domain) {
    if (ofHypervisor.equals(name)) {
      said.put(domain.uuid(), domain);
    }
    return Future.succeededFuture();
  }

  /** Takes up that an earlier run said a domain was gone. */
  Future<Void> forget(String ofHypervisor, String uuid) {
    if (ofHypervisor.equals(name)) {
      said.remove(uuid);
    }
    return Future.succeededFuture();
  }

  /** The next look says everything, changed or not. */
  void refresh() {
    sayEverything = true;
    sizes.forget();
  }

  /**
   * Looks as soon as the look that may be under way has ended; asked several times meanwhile, it
   * looks once.
   */
  void lookSoon() {
    if (!lookQueued) {
      lookQueued = true;
      looking
          .transform(before -> {
            lookQueued = false;
            return look();
          })
          .onFailure(e -> LOG.debug("A look at the hypervisor failed", e));
    }
  }

  /**
   * Looks, and says what is new. Fails if the hypervisor or Kafka doesn't answer; then the next
   * look says it.
   */
  Future<Void> look() {
    looking = looking.transform(before -> lookOnce());
    return looking;
  }

  private Future<Void> lookOnce() {
    boolean everything = sayEverything;
    sayEverything = false;
    return describeAll()
        .compose(now -> say(InventoryChanges.between(name, Map.copyOf(said), now, everything)))
        .onFailure(e -> sayEverything = sayEverything || everything);
  }

  private Future<List<DomainDescription>> describeAll() {
    return Future.all(hypervisor.domains(), hypervisor.libVersion())
        .compose(all -> {
          List<Domain> domains = all.resultAt(0);
          long version = all.<Long>resultAt(1);
          return Future.all(
                  domains.stream()
                      .map(domain ->
                          sizes.of(domain).map(sizes -> Descriptions.of(domain, sizes, version)))
                      .toList())
              .map(described -> described.list());
        });
  }

  private Future<Void> say(List<InventoryEvent> news) {
    Future<Void> done = Future.succeededFuture();
    for (InventoryEvent event : news) {
      done = done.compose(v -> events.publish(UUID.randomUUID().toString(), event));
      done.onSuccess(v -> InventoryChanges.apply(event, said));
    }
    return done;
  }
}
