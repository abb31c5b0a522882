package io.tidemark.checkpointer;

import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.tidemark.runtime.Journal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guests that may stand still for a backup: remembered from before they are frozen until they
 * are known to be let go, whatever happens to libvirt or to this process meanwhile. Confined to one
 * context.
 */
final class FrozenGuests {
  private static final Logger LOG = LoggerFactory.getLogger(FrozenGuests.class);

  private final Vertx vertx;
  private final CheckpointerConfig config;
  private final Hypervisor hypervisor;
  private final Journal<Guest> journal;
  private final Map<String, Guest> guests = new LinkedHashMap<>();
  private final Set<String> beingTried = new HashSet<>();
  private final Set<String> complainedOf = new HashSet<>();

  FrozenGuests(Vertx vertx, CheckpointerConfig config, Hypervisor hypervisor) {
    this.vertx = vertx;
    this.config = config;
    this.hypervisor = hypervisor;
    this.journal = new Journal<>(vertx, config.stateDirectory().resolve("frozen"), Guest.class);
  }

  /** A guest that may be frozen. */
  record Guest(String domainUuid, String domainName) {}

  /** Lets go those that an earlier run left, if it can; the others are tried on. */
  Future<Void> resume() {
    return journal
        .all()
        .compose(all -> {
          guests.putAll(all);
          return Future.join(
              all.keySet().stream()
                  .map(uuid -> thaw(uuid).recover(e -> Future.succeededFuture()))
                  .toList());
        })
        .mapEmpty();
  }

  /** Freezes a guest; it has to be thawed afterwards, also if this fails. */
  Future<Void> freeze(Domain domain) {
    Guest guest = new Guest(domain.uuid(), domain.name());
    guests.put(guest.domainUuid(), guest);
    return journal
        .put(guest.domainUuid(), guest)
        .compose(v -> hypervisor.freeze(guest.domainUuid(), config.freezePatience()));
  }

  /**
   * Lets a guest go, if it may be frozen. After a failure, which is logged, {@link #watch} tries
   * again.
   */
  Future<Void> thaw(String domainUuid) {
    Guest guest = guests.get(domainUuid);
    if (guest == null) {
      return Future.succeededFuture();
    }
    return hypervisor
        .thaw(domainUuid, config.freezePatience())
        .recover(FrozenGuests::unlessGone)
        .onFailure(e -> complain(guest, e))
        .compose(v -> forget(guest));
  }

  /** Tries again those that could not be let go, with a pause for each; to be called often. */
  void watch(Turns turns) {
    for (String domain : List.copyOf(guests.keySet())) {
      if (beingTried.add(domain)) {
        turns
            .take(domain, () -> thaw(domain))
            .recover(e -> pause())
            .onComplete(v -> beingTried.remove(domain));
      }
    }
  }

  private Future<Void> pause() {
    return vertx.timer(config.thawPause().toMillis(), TimeUnit.MILLISECONDS).mapEmpty();
  }

  private Future<Void> forget(Guest guest) {
    guests.remove(guest.domainUuid());
    if (complainedOf.remove(guest.domainUuid())) {
      LOG.info("Thawed at last [vm: {}]", guest.domainName());
    }
    return journal.remove(guest.domainUuid());
  }

  private void complain(Guest guest, Throwable e) {
    if (complainedOf.add(guest.domainUuid())) {
      LOG.warn(
          "The guest may stand still and could not be thawed, which is tried again until it"
              + " succeeds or the VM is off; `virsh domfsthaw {}` does it by hand: {} [vm: {}]",
          guest.domainName(),
          e.getMessage(),
          guest.domainName());
    }
  }

  private static Future<Void> unlessGone(Throwable e) {
    return e instanceof HypervisorException.NoSuchDomain
        ? Future.succeededFuture()
        : Future.failedFuture(e);
  }
}
