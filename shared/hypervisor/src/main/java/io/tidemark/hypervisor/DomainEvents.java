package io.tidemark.hypervisor;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes libvirt's events on to who registered, each on the context of its registration. As long as
 * somebody listens, a lost connection is made anew, since no events come without one.
 */
final class DomainEvents {
  private static final Logger LOG = LoggerFactory.getLogger(DomainEvents.class);
  private static final long RECONNECT_MILLIS = 2_000;

  private record Registration(Context context, Handler<String> handler) {
    void tell(String uuid) {
      context.runOnContext(now -> handler.handle(uuid));
    }
  }

  private final Vertx vertx;
  private final Supplier<Future<Void>> connect;
  private final List<Registration> registrations = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * @param connect connects unless there is a connection
   */
  DomainEvents(Vertx vertx, Supplier<Future<Void>> connect) {
    this.vertx = vertx;
    this.connect = connect;
  }

  void register(Handler<String> handler) {
    registrations.add(new Registration(vertx.getOrCreateContext(), handler));
    keepConnected();
  }

  /** Called by libvirt's event thread. */
  void domainChanged(String uuid) {
    registrations.forEach(registration -> registration.tell(uuid));
  }

  /** Called by libvirt's event thread. */
  void connectionLost() {
    if (!closed) {
      LOG.warn("The connection to libvirt was lost");
      registrations.stream()
          .findFirst()
          .ifPresent(first -> first.context().runOnContext(now -> keepConnected()));
    }
  }

  void close() {
    closed = true;
    registrations.clear();
  }

  private void keepConnected() {
    if (closed) {
      return;
    }
    connect
        .get()
        .onFailure(failure -> {
          LOG.debug("No events of domains: {}", failure.getMessage());
          vertx
              .timer(RECONNECT_MILLIS, TimeUnit.MILLISECONDS)
              .onSuccess(elapsed -> keepConnected());
        });
  }
}
