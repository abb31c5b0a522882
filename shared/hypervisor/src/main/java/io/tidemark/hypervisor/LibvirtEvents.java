package io.tidemark.hypervisor;

import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt.VirErrorCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libvirt's event loop (virEventRegisterDefaultImpl), which belongs to the process and not to a
 * connection: it must be there before the first connection is opened, and runs on one daemon thread
 * for ever. Hence the only static state of this module.
 */
final class LibvirtEvents {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtEvents.class);

  /**
   * Errors come as exceptions; without this libvirt prints them to stderr as well. Kept, lest it be
   * collected while native code calls it.
   */
  private static final VirErrorCallback SILENCE = (userData, error) -> {};

  private static boolean started;

  private LibvirtEvents() {}

  static synchronized void ensureRunning() throws LibvirtException {
    if (started) {
      return;
    }
    Library.initEventLoop();
    Connect.setErrorCallback(SILENCE);
    Thread.ofPlatform().daemon().name("libvirt-events").start(LibvirtEvents::run);
    started = true;
  }

  private static void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Library.runEventLoop();
      } catch (LibvirtException e) {
        LOG.warn("libvirt's event loop stumbled; it goes on", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
