package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What ends requests before their answers: they may be cancelled together, and each may have a
 * limit. A scope made from another is inside of it. Lives on the connection's event loop once it is
 * made.
 */
final class Scope {
  private final Optional<Scope> outer;
  private final Optional<Duration> limit;
  private final Set<Request> pending = new HashSet<>();
  private Optional<NbdException> cause = Optional.empty();

  private Scope(Optional<Scope> outer, Optional<Duration> limit) {
    this.outer = outer;
    this.limit = limit;
  }

  /** Nothing ends its requests but their answers. */
  static Scope endless() {
    return new Scope(Optional.empty(), Optional.empty());
  }

  /** One whose requests have a limit. */
  Scope within(Duration time) {
    return new Scope(Optional.of(this), Optional.of(time));
  }

  /** One that can be cancelled on its own. */
  Scope cancellable() {
    return new Scope(Optional.of(this), Optional.empty());
  }

  /** This one and those around it that matter to its requests; none for an endless one. */
  List<Scope> layers() {
    if (outer.isEmpty()) {
      return List.of();
    }
    List<Scope> layers = new ArrayList<>(outer.get().layers());
    layers.add(this);
    return layers;
  }

  /** How long a request may take. */
  Optional<Duration> limit() {
    return limit;
  }

  /** Why no request may begin any more. */
  Optional<NbdException> cancelled() {
    return cause.or(() -> outer.flatMap(Scope::cancelled));
  }

  void begin(Request request) {
    pending.add(request);
  }

  void end(Request request) {
    pending.remove(request);
  }

  /** No more requests; returns those that must be given up. */
  Set<Request> cancel(NbdException why) {
    cause = Optional.of(why);
    return Set.copyOf(pending);
  }
}
