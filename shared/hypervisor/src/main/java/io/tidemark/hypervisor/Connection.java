package io.tidemark.hypervisor;

import com.sun.jna.PointerType;
import com.sun.jna.ptr.IntByReference;
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
 * An open connection to a daemon. Its methods block, and may be called from several threads at
 * once. Closing it under a running call would crash the process: {@link Connections} sees to it.
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
  private final LifecycleListener listener;
  private volatile boolean lost;

  private Connection(LibvirtLibrary.Calls calls, String uri, Consumer<String> domainChanged)
      throws LibvirtException {
    this.uri = uri;
    this.calls = calls;
    this.connect = new Native(uri);
    this.listener =
        (domain, event) -> {
          tell(domain, domainChanged);
          return 0;
        };
  }

  /**
   * Opens a connection.
   *
   * @param lost called when the daemon has gone; on libvirt's event thread
   * @param domainChanged called with a domain's UUID at each change of it; on libvirt's event
   *     thread
   * @throws LinkageError if libvirt's client library isn't installed
   */
  static Connection open(String uri, Runnable lost, Consumer<String> domainChanged)
      throws LibvirtException {
    var connection = new Connection(LibvirtLibrary.calls(), uri, domainChanged);
    try {
      connection.watch(lost);
      return connection;
    } catch (LibvirtException e) {
      connection.close();
      throw e;
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
      return !lost && connect.isAlive();
    } catch (LibvirtException e) {
      return false;
    }
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

  /** Closes it; no call may be running, and none may follow. */
  void close() {
    quietly("stop listening for events", () -> connect.removeLifecycleListener(listener));
    quietly("stop listening for its end", connect::unregisterCloseListener);
    quietly("close", connect::close);
  }

  private void watch(Runnable whenLost) throws LibvirtException {
    connect.registerCloseListener((closed, reason) -> {
      lost = true;
      whenLost.run();
    });
    quietly("keep it alive", () -> connect.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_COUNT));
    connect.addLifecycleListener(listener);
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
  private static void quietly(String what, Step step) {
    try {
      step.run();
    } catch (LibvirtException e) {
      LOG.debug("libvirt connection: could not {}: {}", what, e.getMessage());
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
