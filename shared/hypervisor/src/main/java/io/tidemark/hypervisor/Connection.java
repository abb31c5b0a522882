package io.tidemark.hypervisor;

import com.sun.jna.PointerType;
import com.sun.jna.ptr.IntByReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.libvirt.Connect;
import org.libvirt.Domain;
import org.libvirt.Error;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open connection to a daemon. Its methods block; one thread at a time may call them, and none
 * after {@link #close()}.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final int VALIDATE = 1;

  /** A daemon that is silent for two minutes is taken for dead; a loaded host can take one. */
  private static final int KEEP_ALIVE_SECONDS = 15;

  private static final int KEEP_ALIVE_COUNT = 8;

  private final String uri;
  private final LibvirtLibrary.Calls calls;
  private final Native connect;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile Runnable stopListening = () -> {};

  private Connection(String uri) throws LibvirtException {
    this.uri = uri;
    this.calls = LibvirtLibrary.calls();
    this.connect = new Native(uri);
  }

  /**
   * Opens a connection.
   *
   * @throws HypervisorException.Unavailable if there is no daemon, or no client library
   */
  static Connection open(String uri) {
    try {
      var connection = new Connection(uri);
      connection.quietly(
          "keep it alive",
          () -> connection.connect.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT));
      LOG.debug("Connected to libvirt [uri: {}]", uri);
      return connection;
    } catch (LibvirtException e) {
      throw LibvirtErrors.unavailable(uri, e.getMessage(), e);
    } catch (LinkageError e) {
      throw new HypervisorException.Unavailable(
          "libvirt's client library cannot be loaded: install the package libvirt0 (or"
              + " libvirt-libs)",
          e);
    }
  }

  /** libvirt-java has the native connection as a protected field. */
  private static final class Native extends Connect {
    Native(String uri) throws LibvirtException {
      super(uri);
    }

    ConnectionPointer pointer() {
      return vcp;
    }
  }

  /** A domain's state as libvirt counts states and their reasons (virDomainGetState). */
  record State(int state, int reason) {}

  /** A call that libvirt-java does not have went wrong. */
  static final class CallException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Error error;

    private CallException(Error error) {
      super(error.getMessage());
      this.error = error;
    }

    Error.ErrorNumber code() {
      return error.getCode();
    }
  }

  Connect libvirt() {
    return connect;
  }

  /** False once the daemon has closed the connection; asks nothing of the daemon. */
  boolean alive() {
    try {
      return open.get() && connect.isAlive();
    } catch (LibvirtException e) {
      return false;
    }
  }

  /**
   * Listens for changes of domains, until the connection is closed.
   *
   * @param domainChanged called with a domain's UUID; on libvirt's event thread
   * @param lost called when the daemon has gone; on libvirt's event thread
   */
  void listen(Consumer<String> domainChanged, Runnable lost) throws LibvirtException {
    LifecycleListener listener =
        (domain, event) -> {
          tell(domain, domainChanged);
          return 0;
        };
    connect.registerCloseListener((closed, reason) -> lost.run());
    connect.addLifecycleListener(listener);
    stopListening =
        () -> {
          quietly("stop listening", () -> connect.removeLifecycleListener(listener));
          quietly("stop listening for its end", connect::unregisterCloseListener);
        };
  }

  /** What libvirt meant by failing. */
  HypervisorException failure(String action, LibvirtException cause) {
    return LibvirtErrors.of(action, uri, cause.getError(), alive(), cause);
  }

  /** What libvirt meant by failing. */
  HypervisorException failure(String action, CallException cause) {
    return LibvirtErrors.of(action, uri, cause.error, alive(), cause);
  }

  void define(String xml) throws CallException {
    var domain = check(calls.virDomainDefineXMLFlags(connect.pointer(), xml, VALIDATE));
    calls.virDomainFree(domain);
  }

  State state(String uuid) throws CallException {
    DomainPointer domain = check(calls.virDomainLookupByUUIDString(connect.pointer(), uuid));
    try {
      var state = new IntByReference();
      var reason = new IntByReference();
      if (calls.virDomainGetState(domain, state, reason, 0) < 0) {
        throw lastError();
      }
      return new State(state.getValue(), reason.getValue());
    } finally {
      calls.virDomainFree(domain);
    }
  }

  /** Closes it, once; of any thread on which it isn't in use. */
  void close() {
    if (open.compareAndSet(true, false)) {
      stopListening.run();
      quietly("close", connect::close);
    }
  }

  private static void tell(Domain domain, Consumer<String> domainChanged) {
    try {
      try {
        domainChanged.accept(domain.getUUIDString());
      } finally {
        domain.free();
      }
    } catch (LibvirtException e) {
      LOG.warn("An event of a domain was lost", e);
    }
  }

  private interface Step {
    void run() throws LibvirtException;
  }

  /** Of a dead connection libvirt reports errors that nobody can do anything about. */
  private void quietly(String what, Step step) {
    try {
      step.run();
    } catch (LibvirtException e) {
      LOG.debug("Could not {}: {} [uri: {}]", what, e.getMessage(), uri);
    }
  }

  private static <P extends PointerType> P check(P result) throws CallException {
    if (result == null) {
      throw lastError();
    }
    return result;
  }

  private static CallException lastError() {
    return new CallException(new Error(Libvirt.INSTANCE.virGetLastError()));
  }
}
