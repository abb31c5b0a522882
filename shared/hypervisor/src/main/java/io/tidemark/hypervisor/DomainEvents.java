package io.tidemark.hypervisor;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes libvirt's events on to who registered, each on the context of its registration. They come
 * by a connection of their own, which is made anew after it was lost.
 */
final class DomainEvents {
  private static final Logger LOG = LoggerFactory.getLogger(DomainEvents.class);
  private static final long RETRY_MILLIS = 2_000;

  private record Registration(Context context, Handler<String> handler) {
    void tell(String uuid) {
      context.runOnContext(now -> handler.handle(uuid));
    }
  }

  private final Vertx vertx;
  private final LibvirtCalls calls;
  private final List<Registration> registrations = new CopyOnWriteArrayList<>();
  private Optional<Connection> current = Optional.empty();
  private boolean closed;

  DomainEvents(Vertx vertx, LibvirtCalls calls) {
    this.vertx = vertx;
    this.calls = calls;
  }

  void register(Handler<String> handler) {
    var context = vertx.getOrCreateContext();
    registrations.add(new Registration(context, handler));
    if (registrations.size() == 1) {
      context.runOnContext(now -> listen());
    }
  }

  /** Stops listening; completes when no event can come any more. */
  Future<Void> close() {
    registrations.clear();
    return drop(end());
  }

  private void listen() {
    calls.connect().compose(this::listenOn).onFailure(this::retry);
  }

  private Future<Void> listenOn(Connection connection) {
    return calls
        .<Void>blocking(() -> {
          connection.listen(this::domainChanged, () -> lost(connection));
          return null;
        })
        .onSuccess(listening -> use(connection))
        .onFailure(failure -> drop(Optional.of(connection)));
  }

  private void use(Connection connection) {
    if (!adopted(connection)) {
      drop(Optional.of(connection));
    }
  }

  /** One that was lost meanwhile is dropped by {@link #lost}. */
  private synchronized boolean adopted(Connection connection) {
    if (!closed && connection.alive()) {
      current = Optional.of(connection);
    }
    return !closed;
  }

  private synchronized Optional<Connection> end() {
    closed = true;
    var last = current;
    current = Optional.empty();
    return last;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** On libvirt's event thread. */
  private void domainChanged(String uuid) {
    registrations.forEach(registration -> registration.tell(uuid));
  }

  /** On libvirt's event thread, from within the connection, which therefore can't be closed yet. */
  private void lost(Connection connection) {
    vertx.runOnContext(now -> {
      drop(Optional.of(connection));
      if (!isClosed()) {
        LOG.warn("The connection to libvirt was lost; connecting again");
        listen();
      }
    });
  }

  private Future<Void> drop(Optional<Connection> connection) {
    return vertx.executeBlocking(
        () -> {
          connection.ifPresent(Connection::close);
          return null;
        },
        false);
  }

  private void retry(Throwable failure) {
    if (!isClosed()) {
      LOG.debug("No events of domains for now: {}", failure.getMessage());
      vertx.timer(RETRY_MILLIS, TimeUnit.MILLISECONDS).onSuccess(elapsed -> listen());
    }
  }
}
