package io.tidemark.hypervisor;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;
import org.libvirt.jna.Libvirt.VirErrorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libvirt's client library in this process, set up when first used: errors are not printed, and a
 * daemon thread runs its event loop. Its state is static because libvirt's own is, one error
 * handler and one event loop for a process.
 */
final class LibvirtLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtLibrary.class);
  private static final String UTF_8 = "UTF-8";

  /** Without one libvirt prints each error to standard error; a field, so that it isn't freed. */
  private static final VirErrorCallback SILENCE = (userData, error) -> {};

  private static final Calls CALLS;

  static {
    // libvirt speaks UTF-8 in every locale; JNA would take the locale's charset for arguments.
    if (System.getProperty("jna.encoding") == null) {
      System.setProperty("jna.encoding", UTF_8);
    }
    CALLS = Native.load("virt", Calls.class, Map.of(Library.OPTION_STRING_ENCODING, UTF_8));
    try {
      org.libvirt.Library.initEventLoop();
      Connect.setErrorCallback(SILENCE);
    } catch (LibvirtException e) {
      throw new ExceptionInInitializerError(e);
    }
    Thread.ofPlatform().daemon().name("libvirt-events").start(LibvirtLibrary::runEvents);
  }

  private LibvirtLibrary() {}

  /** What libvirt has and libvirt-java lacks; of any thread. */
  interface Calls extends Library {
    DomainPointer virDomainDefineXMLFlags(ConnectionPointer connection, String xml, int flags);

    DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

    int virDomainGetState(
        DomainPointer domain, IntByReference state, IntByReference reason, int flags);

    int virDomainFree(DomainPointer domain);
  }

  /**
   * The calls that libvirt-java lacks; sets the library up.
   *
   * @throws LinkageError if the client library isn't installed
   */
  static Calls calls() {
    return CALLS;
  }

  private static void runEvents() {
    while (true) {
      try {
        org.libvirt.Library.processEvent();
      } catch (LibvirtException | RuntimeException e) {
        LOG.warn("libvirt's event loop stumbled; it goes on", e);
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      }
    }
  }
}
