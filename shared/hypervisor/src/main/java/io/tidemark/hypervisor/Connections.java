package io.tidemark.hypervisor;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to a daemon for calls from many threads: opened by the first call, opened
 * anew by the next call after it was lost, closed when the last call on it has returned. Its
 * methods block.
 */
final class Connections {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  /** How long a call waits for another call's attempt to connect. */
  private static final int CONNECT_SECONDS = 30;

  private final String uri;
  private final Runnable lost;
  private final Consumer<String> domainChanged;
  private final ReentrantLock connecting = new ReentrantLock();
  private Optional<Lease> current = Optional.empty();
  private boolean closed;

  /**
   * @param lost called when a connection is lost, on libvirt's event thread
   * @param domainChanged called with the UUIDs of domains that change, on libvirt's event thread
   */
  Connections(String uri, Runnable lost, Consumer<String> domainChanged) {
    this.uri = uri;
    this.lost = lost;
    this.domainChanged = domainChanged;
  }

  /** What to do with the connection. */
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
    var lease = acquire();
    try {
      return call.on(lease.connection());
    } catch (LibvirtException e) {
      throw lease.connection().failure(action, e);
    } catch (Connection.CallException e) {
      throw lease.connection().failure(action, e);
    } finally {
      lease.leave();
    }
  }

  /** Closes the connection when the last call on it has returned; later calls fail. */
  void close() {
    connecting.lock();
    try {
      closed = true;
      retire();
    } finally {
      connecting.unlock();
    }
  }

  private Lease acquire() {
    lockForConnecting();
    try {
      if (closed) {
        throw new HypervisorException.Unavailable(
            "The connection to libvirt at " + uri + " was closed", null);
      }
      if (current.filter(lease -> lease.connection().alive()).isEmpty()) {
        retire();
        current = Optional.of(new Lease(open()));
      }
      var lease = current.orElseThrow();
      lease.enter();
      return lease;
    } finally {
      connecting.unlock();
    }
  }

  private void lockForConnecting() {
    try {
      if (connecting.tryLock(CONNECT_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new HypervisorException.Unavailable(
        "libvirt at %s does not answer; check its daemon with 'virsh -c %s version'"
            .formatted(uri, uri),
        null);
  }

  private Connection open() {
    try {
      var connection = Connection.open(uri, lost, domainChanged);
      LOG.info("Connected to libvirt at {}", uri);
      return connection;
    } catch (LibvirtException e) {
      throw LibvirtErrors.unavailable(uri, e.getMessage(), e);
    } catch (LinkageError e) {
      throw new HypervisorException.Unavailable(
          "libvirt's client library cannot be loaded; install it (Debian: apt-get install libvirt0)",
          e);
    }
  }

  private void retire() {
    current.ifPresent(Lease::retire);
    current = Optional.empty();
  }
}
