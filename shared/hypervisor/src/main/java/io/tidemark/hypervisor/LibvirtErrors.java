package io.tidemark.hypervisor;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.libvirt.Error;
import org.libvirt.LibvirtException;

/** libvirt's error codes (virErrorNumber) as the kinds of {@link HypervisorException}. */
final class LibvirtErrors {
  /**
   * As qemuBlockBitmapChainIsValid's callers word it: "missing or broken bitmap 'NAME' for disk
   * 'vda'".
   */
  private static final Pattern BROKEN_BITMAP = Pattern.compile("for disk '([^']+)'");

  private LibvirtErrors() {}

  /**
   * @param what what was tried with which domain, to begin the sentence with
   */
  static HypervisorException translate(String what, LibvirtException e) {
    String message = what + ": " + e.getMessage();
    return switch (e.getError().getCode()) {
      case VIR_ERR_NO_DOMAIN -> new HypervisorException.NoSuchDomain(message, e);
      case VIR_ERR_CHECKPOINT_INCONSISTENT, VIR_ERR_NO_DOMAIN_CHECKPOINT ->
          new HypervisorException.CheckpointBroken(brokenDisk(e.getMessage()), message, e);
      case VIR_ERR_OPERATION_TIMEOUT ->
          new HypervisorException.TimedOut(
              message + " (another job holds the domain: wait for it to end)", e);
      case VIR_ERR_AGENT_UNRESPONSIVE, VIR_ERR_AGENT_UNSYNCED ->
          new HypervisorException.AgentUnavailable(message, e);
      case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC ->
          new HypervisorException.Unavailable(message, e);
      default -> new HypervisorException.Refused(message, e);
    };
  }

  static boolean is(LibvirtException e, Error.ErrorNumber code) {
    return e.getError() != null && e.getError().getCode() == code;
  }

  private static String brokenDisk(String message) {
    Matcher matcher = BROKEN_BITMAP.matcher(message);
    return matcher.find() ? matcher.group(1) : "";
  }
}
