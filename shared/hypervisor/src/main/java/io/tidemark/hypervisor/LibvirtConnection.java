package io.tidemark.hypervisor;

import java.util.Optional;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that is made when it is needed, and made anew after it was lost. Blocking; safe to
 * use from several threads, as libvirt's own is.
 */
final class LibvirtConnection {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtConnection.class);

  /** Something to do with libvirt. */
  @FunctionalInterface
  interface Call<T> {
    T on(Connect connect) throws LibvirtException;
  }

  private final String uri;
  private final Consumer<String> domainChanged;
  private Optional<Connect> current = Optional.empty();

  /**
   * @param domainChanged told the UUID of a domain whose life took a turn, on libvirt's event
   *     thread
   */
  LibvirtConnection(String uri, Consumer<String> domainChanged) {
    this.uri = uri;
    this.domainChanged = domainChanged;
  }

  /**
   * Does it.
   *
   * @param what begins the sentence of an error
   */
  <T> T call(String what, Call<T> call) {
    Connect connect = connect();
    try {
      return call.on(connect);
    } catch (LibvirtException e) {
      throw lost(connect) ? unavailable(e) : LibvirtErrors.translate(what, e);
    }
  }

  synchronized void close() {
    current.ifPresent(LibvirtConnection::close);
    current = Optional.empty();
  }

  private synchronized Connect connect() {
    if (current.isPresent() && !lost(current.get())) {
      return current.get();
    }
    close();
    try {
      LibvirtEvents.ensureRunning();
      Connect connect = new Connect(uri);
      current = Optional.of(connect);
      connect.addLifecycleListener((domain, event) -> {
        tell(domain);
        return 0;
      });
      LOG.info("Connected to libvirt [uri: {}]", uri);
      return connect;
    } catch (LibvirtException e) {
      throw unavailable(e);
    } catch (UnsatisfiedLinkError e) {
      throw new HypervisorException.Unavailable(
          "libvirt's client library is missing: install the package libvirt0 (or libvirt-libs)", e);
    }
  }

  private void tell(org.libvirt.Domain domain) {
    try {
      domainChanged.accept(domain.getUUIDString());
    } catch (LibvirtException e) {
      LOG.debug("An event of a domain that is gone [uri: {}]", uri, e);
    }
  }

  private HypervisorException unavailable(Throwable e) {
    return new HypervisorException.Unavailable(
        "libvirt at " + uri + " does not answer (" + e.getMessage() + "): is its daemon running?",
        e);
  }

  private static boolean lost(Connect connect) {
    try {
      return !connect.isAlive();
    } catch (LibvirtException e) {
      return true;
    }
  }

  private static void close(Connect connect) {
    try {
      connect.close();
    } catch (LibvirtException e) {
      LOG.debug("A lost connection could not be closed", e);
    }
  }
}
