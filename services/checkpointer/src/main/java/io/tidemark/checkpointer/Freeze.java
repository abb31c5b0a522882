package io.tidemark.checkpointer;

import io.tidemark.events.Consistency;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a guest's file systems still for an instant, if it has an agent that can; the guest is let
 * go on every path.
 */
final class Freeze {
  private static final Logger LOG = LoggerFactory.getLogger(Freeze.class);

  /** A guest that stays frozen stands still for ever. */
  private static final int THAW_TRIES = 5;

  private final Hypervisor hypervisor;
  private final Duration patience;

  Freeze(Hypervisor hypervisor, Duration patience) {
    this.hypervisor = hypervisor;
    this.patience = patience;
  }

  /**
   * Does {@code instant} with the guest frozen, or as it is if it can't be frozen; tells which. An
   * agent in a paused guest answers nobody.
   */
  Future<Consistency> around(Domain domain, Supplier<Future<Void>> instant) {
    if (!domain.currentXml().hasGuestAgent() || domain.state() == Domain.State.PAUSED) {
      return instant.get().map(Consistency.CRASH);
    }
    return hypervisor
        .freeze(domain.uuid(), patience)
        .map(Consistency.FILESYSTEM)
        .recover(e -> {
          LOG.info("Not frozen: {} [vm: {}]", e.getMessage(), domain.name());
          return Future.succeededFuture(Consistency.CRASH);
        })
        .compose(consistency ->
            instant.get().eventually(() -> thaw(domain, tries(consistency))).map(consistency));
  }

  /** Also after a freeze that seemed to fail: it may have come through late. */
  private Future<Void> thaw(Domain domain, int tries) {
    return hypervisor
        .thaw(domain.uuid(), patience)
        .recover(e -> {
          if (tries > 1) {
            return thaw(domain, tries - 1);
          }
          LOG.warn("Thawing failed: {} [vm: {}]", e.getMessage(), domain.name());
          return Future.succeededFuture();
        });
  }

  private static int tries(Consistency consistency) {
    return consistency == Consistency.FILESYSTEM ? THAW_TRIES : 1;
  }
}
