package io.tidemark.hypervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.libvirt.Domain.XMLFlags;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Reads domains as they are now. Blocks. */
final class DomainReader {
  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  // virDomainState, virDomainPausedReason and virDomainShutoffReason
  private static final int PAUSED = 3;
  private static final int SHUT_OFF = 5;
  private static final int CRASHED = 6;
  private static final int SUSPENDED_BY_GUEST = 7;
  private static final int PAUSED_BY_IO_ERROR = 5;
  private static final int OFF_SINCE_CRASH = 3;

  private DomainReader() {}

  static List<Domain> readAll(Connection connection)
      throws LibvirtException, Connection.CallException {
    var domains = connection.libvirt().listAllDomains(0);
    try {
      var read = new ArrayList<Domain>();
      for (var domain : domains) {
        readUnlessGone(connection, domain).ifPresent(read::add);
      }
      return List.copyOf(read);
    } finally {
      for (var domain : domains) {
        domain.free();
      }
    }
  }

  static Optional<Domain> find(Connection connection, String uuidOrName)
      throws LibvirtException, Connection.CallException {
    var found = lookUp(connection, uuidOrName);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return readUnlessGone(connection, found.get());
    } finally {
      found.get().free();
    }
  }

  /**
   * The persistent definition, with passwords, of the domain that the given XML would replace. For
   * redefining only: it must not be shown or kept.
   */
  static Optional<DomainXml> withSecrets(Connection connection, DomainXml replacement)
      throws LibvirtException {
    var key = replacement.uuid().or(replacement::name);
    var found =
        key.isEmpty() ? Optional.<org.libvirt.Domain>empty() : lookUp(connection, key.get());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new DomainXml(found.get().getXMLDesc(XMLFlags.INACTIVE | XMLFlags.SECURE)));
    } finally {
      found.get().free();
    }
  }

  /** A domain may go away between being listed and being read. */
  private static Optional<Domain> readUnlessGone(Connection connection, org.libvirt.Domain domain)
      throws LibvirtException, Connection.CallException {
    try {
      return Optional.of(read(connection, domain));
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    } catch (Connection.CallException e) {
      if (e.code() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<org.libvirt.Domain> lookUp(Connection connection, String uuidOrName)
      throws LibvirtException {
    if (UUID.matcher(uuidOrName).matches()) {
      try {
        return Optional.of(connection.libvirt().domainLookupByUUIDString(uuidOrName));
      } catch (LibvirtException e) {
        if (e.getError().getCode() != ErrorNumber.VIR_ERR_NO_DOMAIN) {
          throw e;
        }
      }
    }
    try {
      return Optional.of(connection.libvirt().domainLookupByName(uuidOrName));
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Domain read(Connection connection, org.libvirt.Domain domain)
      throws LibvirtException, Connection.CallException {
    var uuid = domain.getUUIDString();
    var persistent = new DomainXml(domain.getXMLDesc(XMLFlags.INACTIVE));
    // One answer, of one instant: a running domain's XML has its number, another's has none.
    var now = new DomainXml(domain.getXMLDesc(0));
    var state = connection.state(uuid);
    var live = Optional.of(now).filter(xml -> xml.live() && state.state() != SHUT_OFF);
    return new Domain(
        uuid,
        domain.getName(),
        state(state, live.isPresent()),
        persistent,
        live,
        domain.isPersistent() == 1,
        domain.hasManagedSaveImage() == 1);
  }

  static Domain.State state(Connection.State state, boolean live) {
    if (!live) {
      return state.state() == SHUT_OFF && state.reason() == OFF_SINCE_CRASH
          ? Domain.State.CRASHED
          : Domain.State.SHUT_OFF;
    }
    return switch (state.state()) {
      case PAUSED ->
          state.reason() == PAUSED_BY_IO_ERROR ? Domain.State.STALLED : Domain.State.PAUSED;
      case SUSPENDED_BY_GUEST -> Domain.State.PAUSED;
      case CRASHED -> Domain.State.CRASHED;
      default -> Domain.State.RUNNING;
    };
  }
}
