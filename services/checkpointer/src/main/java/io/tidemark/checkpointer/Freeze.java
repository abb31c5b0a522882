package io.tidemark.checkpointer;

import io.tidemark.events.Consistency;
import io.tidemark.hypervisor.Domain;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a guest's file systems still for an instant, if it has an agent that can; the guest is let
 * go on every path.
 */
final class Freeze {
  private static final Logger LOG = LoggerFactory.getLogger(Freeze.class);

  private final FrozenGuests guests;

  Freeze(FrozenGuests guests) {
    this.guests = guests;
  }

  /**
   * Does {@code instant} with the guest frozen, or as it is if it can't be frozen; tells which. An
   * agent in a paused guest answers nobody.
   */
  Future<Consistency> around(Domain domain, Supplier<Future<Void>> instant) {
    if (!domain.currentXml().hasGuestAgent() || domain.state() != Domain.State.RUNNING) {
      return instant.get().map(Consistency.CRASH);
    }
    return guests
        .freeze(domain)
        .map(Consistency.FILESYSTEM)
        .recover(e -> {
          LOG.info("Not frozen: {} [vm: {}]", e.getMessage(), domain.name());
          return Future.succeededFuture(Consistency.CRASH);
        })
        .compose(consistency ->
            // In a step of its own: what it throws must not keep the guest from being let go.
            Future.succeededFuture()
                .compose(v -> instant.get())
                .eventually(() -> letGo(domain))
                .map(consistency));
  }

  /** Also after a freeze that seemed to fail: it may have come through late. */
  private Future<Void> letGo(Domain domain) {
    return guests.thaw(domain.uuid()).recover(e -> Future.succeededFuture());
  }
}
