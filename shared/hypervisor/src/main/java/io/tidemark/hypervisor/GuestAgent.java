package io.tidemark.hypervisor;

import io.vertx.core.Future;
import java.time.Duration;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Freezes and thaws file systems through the QEMU guest agent. */
final class GuestAgent {
  private static final String FREEZE = "{\"execute\":\"guest-fsfreeze-freeze\"}";
  private static final String THAW = "{\"execute\":\"guest-fsfreeze-thaw\"}";

  private final LibvirtCalls calls;

  GuestAgent(LibvirtCalls calls) {
    this.calls = calls;
  }

  Future<Void> freeze(String uuid, Duration patience) {
    return calls
        .onDomain(
            uuid,
            "freeze the file systems of",
            (connection, domain) -> freeze(connection, domain, patience))
        .mapEmpty();
  }

  Future<Void> thaw(String uuid, Duration patience) {
    return calls
        .onDomain(
            uuid,
            "thaw the file systems of",
            (connection, domain) ->
                domain.isActive() == 1 && new DomainXml(domain.getXMLDesc(0)).hasAgentChannel()
                    ? command(connection, domain, THAW, patience)
                    : "nothing is frozen")
        .mapEmpty();
  }

  /** A freeze that was given up waiting for may still happen: the guest must not stay frozen. */
  private static String freeze(Connection connection, org.libvirt.Domain domain, Duration patience)
      throws LibvirtException {
    try {
      return command(connection, domain, FREEZE, patience);
    } catch (HypervisorException.AgentUnavailable e) {
      if (new DomainXml(domain.getXMLDesc(0)).hasGuestAgent()) {
        thawAfter(e, connection, domain, patience);
      }
      throw e;
    }
  }

  private static void thawAfter(
      HypervisorException failure,
      Connection connection,
      org.libvirt.Domain domain,
      Duration patience) {
    try {
      command(connection, domain, THAW, patience);
    } catch (LibvirtException | HypervisorException e) {
      failure.addSuppressed(e);
    }
  }

  private static String command(
      Connection connection, org.libvirt.Domain domain, String command, Duration patience)
      throws LibvirtException {
    var seconds = Math.clamp(patience.toSeconds(), 1, 50);
    try {
      return domain.qemuAgentCommand(command, seconds, 0);
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_OPERATION_INVALID || !connection.alive()) {
        throw e;
      }
      throw new HypervisorException.AgentUnavailable(
          "The guest agent of domain %s does not answer: %s"
              .formatted(domain.getName(), e.getMessage()),
          e);
    }
  }
}
