package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.libvirt.LibvirtException;

/**
 * Runs libvirt's blocking calls on worker threads. Each has a thread of its own: one that waits for
 * a domain's lock (up to 30 s) holds up no other.
 */
final class LibvirtCalls {
  private static final int WORKERS = 16;

  /** No call is meant to take this long: libvirt gives up waiting for a domain's lock in 30 s. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final String uri;
  private final WorkerExecutor workers;
  private final Connections connections;

  LibvirtCalls(Vertx vertx, String uri, Runnable lost, Consumer<String> domainChanged) {
    this.uri = uri;
    this.workers =
        vertx.createSharedWorkerExecutor(
            "libvirt-" + uri, WORKERS, LIMIT.toSeconds(), TimeUnit.SECONDS);
    this.connections = new Connections(uri, lost, domainChanged);
  }

  /** What to do with a domain; it is freed afterwards. */
  @FunctionalInterface
  interface DomainUse<T> {
    T on(Connection connection, org.libvirt.Domain domain)
        throws LibvirtException, Connection.CallException;
  }

  /**
   * Runs a call.
   *
   * @param action what it does, for the error message: "libvirt could not {action}"
   * @return completes on the caller's context; fails with a {@link HypervisorException}
   */
  <T> Future<T> call(String action, Connections.Use<T> use) {
    return workers
        .executeBlocking(() -> connections.use(action, use), false)
        .timeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .recover(failure -> Future.failedFuture(explained(action, failure)));
  }

  /**
   * Runs a call on a domain.
   *
   * @param action what it does, for the error message: "libvirt could not {action} domain {name}"
   * @return as of {@link #call}
   */
  <T> Future<T> onDomain(String uuid, String action, DomainUse<T> use) {
    return call(
        action + " domain " + uuid,
        connection -> {
          var domain = connection.libvirt().domainLookupByUUIDString(uuid);
          try {
            return use.on(connection, domain);
          } catch (LibvirtException e) {
            throw connection.failure(action + " domain " + domain.getName(), e);
          } catch (Connection.CallException e) {
            throw connection.failure(action + " domain " + domain.getName(), e);
          } finally {
            domain.free();
          }
        });
  }

  /** Closes the connection when the running calls have returned; later calls fail. */
  Future<Void> close() {
    return workers
        .<Void>executeBlocking(
            () -> {
              connections.close();
              return null;
            },
            false)
        .eventually(workers::close);
  }

  private Throwable explained(String action, Throwable failure) {
    if (!(failure instanceof TimeoutException)) {
      return failure;
    }
    return new HypervisorException.TimedOut(
        "libvirt at %s did not %s within %d s; see whether its daemon hangs"
            .formatted(uri, action, LIMIT.toSeconds()),
        failure);
  }
}
