package io.tidemark.hypervisor;

import java.util.regex.Pattern;
import org.libvirt.Error;

/** Turns libvirt's errors (virErrorNumber) into the suite's own. */
final class LibvirtErrors {
  private static final Pattern DISK = Pattern.compile("disk '([^']+)'");

  private LibvirtErrors() {}

  /**
   * @param action what was tried: "libvirt could not {action}"
   * @param alive whether the connection still stood after the error
   */
  static HypervisorException of(
      String action, String uri, Error error, boolean alive, Throwable cause) {
    var said = sentence(error.getMessage());
    if (!alive || error.getDomain() == Error.ErrorDomain.VIR_FROM_RPC) {
      return unavailable(uri, error.getMessage(), cause);
    }
    var message = "libvirt could not " + action + ": " + said;
    return switch (error.getCode()) {
      case VIR_ERR_NO_DOMAIN -> new HypervisorException.NoSuchDomain(message, cause);
      case VIR_ERR_CHECKPOINT_INCONSISTENT, VIR_ERR_NO_DOMAIN_CHECKPOINT ->
          new HypervisorException.CheckpointBroken(
              disk(said), message + " The next backup of it has to read everything.", cause);
      case VIR_ERR_OPERATION_TIMEOUT ->
          new HypervisorException.TimedOut(
              message
                  + " Another job, such as a backup, snapshot or migration, holds the domain: try"
                  + " again when it has ended ('virsh domjobinfo' shows it).",
              cause);
      case VIR_ERR_AGENT_UNRESPONSIVE ->
          new HypervisorException.AgentUnavailable(
              message + " See that qemu-guest-agent runs in the guest.", cause);
      default -> new HypervisorException.Refused(message + advice(error), cause);
    };
  }

  /** The daemon can't be reached. */
  static HypervisorException.Unavailable unavailable(String uri, String said, Throwable cause) {
    return new HypervisorException.Unavailable(
        "libvirt at %s cannot be reached: %s Check that its daemon runs: 'virsh -c %s version'."
            .formatted(uri, sentence(said), uri),
        cause);
  }

  private static String advice(Error error) {
    return switch (error.getCode()) {
      case VIR_ERR_OPERATION_INVALID, VIR_ERR_OPERATION_UNSUPPORTED ->
          " The domain's state or its disks do not allow it: start the domain if it is off, and try"
              + " again.";
      case VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_NO_SUPPORT ->
          " This version of libvirt or QEMU does not support it.";
      case VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL, VIR_ERR_XML_INVALID_SCHEMA ->
          " The XML is at fault.";
      case VIR_ERR_AUTH_FAILED,
          VIR_ERR_AUTH_CANCELLED,
          VIR_ERR_AUTH_UNAVAILABLE,
          VIR_ERR_ACCESS_DENIED,
          VIR_ERR_OPERATION_DENIED ->
          " Run the service as a user who may manage this libvirt.";
      default -> " The libvirt daemon's log may say more.";
    };
  }

  private static String disk(String said) {
    var matcher = DISK.matcher(said);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static String sentence(String said) {
    var text = said == null ? "no reason given" : said.strip();
    return text.endsWith(".") ? text : text + ".";
  }
}
