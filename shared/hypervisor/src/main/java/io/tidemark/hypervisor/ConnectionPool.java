package io.tidemark.hypervisor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.libvirt.LibvirtException;

/**
 * Connections to a daemon, each used by one call at a time: opened when all others are busy, and
 * kept for the next calls. Its methods block.
 *
 * <p>libvirt allows several threads on one connection, but its client library before 9.2 may then
 * lose the wake-up of the second, which waits until the first has its answer (virNetClientIOWakeup
 * against g_main_loop_run).
 */
final class ConnectionPool {
  /** More are opened when there are more calls at a time, and closed after them. */
  private static final int KEPT = 4;

  private final String uri;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  ConnectionPool(String uri) {
    this.uri = uri;
  }

  /** What to do with a connection. */
  @FunctionalInterface
  interface Use<T> {
    T on(Connection connection) throws LibvirtException, Connection.CallException;
  }

  /**
   * Runs a call.
   *
   * @param action what it does, for the error message: "libvirt could not {action}"
   * @throws HypervisorException what libvirt answered
   */
  <T> T use(String action, Use<T> call) {
    var connection = take();
    try {
      return call.on(connection);
    } catch (LibvirtException e) {
      throw connection.failure(action, e);
    } catch (Connection.CallException e) {
      throw connection.failure(action, e);
    } finally {
      giveBack(connection);
    }
  }

  /** Closes all connections, busy ones after their calls. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    for (var unused = nextIdle(); unused.isPresent(); unused = nextIdle()) {
      unused.get().close();
    }
  }

  private Connection take() {
    for (var next = nextIdle(); next.isPresent(); next = nextIdle()) {
      if (next.get().alive()) {
        return next.get();
      }
      next.get().close();
    }
    return Connection.open(uri);
  }

  private synchronized Optional<Connection> nextIdle() {
    return Optional.ofNullable(idle.pollFirst());
  }

  private void giveBack(Connection connection) {
    if (!connection.alive() || !keep(connection)) {
      connection.close();
    }
  }

  private synchronized boolean keep(Connection connection) {
    if (closed || idle.size() == KEPT) {
      return false;
    }
    idle.addFirst(connection);
    return true;
  }
}
