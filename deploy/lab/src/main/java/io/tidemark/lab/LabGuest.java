package io.tidemark.lab;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * A tiny real Linux. Its first disk is mounted at {@code /data}, others that hold ext4 at {@code
 * /mnt/vdb} and so on; its tools are busybox's.
 */
public final class LabGuest extends LabDomain {
  private static final Duration EXEC = Duration.ofMinutes(5);

  LabGuest(Lab lab, String name) {
    super(lab, "guest", name);
  }

  /** Runs a shell line as {@link #exec(Duration, String)} does, for at most five minutes. */
  public String exec(String command) {
    return exec(EXEC, command);
  }

  /**
   * Runs a shell line in the guest, over its serial console; one at a time for a guest. Background
   * jobs that it starts live on until the guest ends.
   *
   * @param limit after which the guest kills it
   * @return what it printed, standard output and error together
   * @throws LabException if its exit status is not 0, with the status and the output
   */
  public String exec(Duration limit, String command) {
    var seconds = Long.toString(Math.max(1, limit.toSeconds()));
    var arguments = Stream.of("guest", "exec", "--timeout", seconds, name(), command);
    var outcome = lab().tryRun(limit.plusMinutes(2), arguments);
    if (outcome.status() != 0) {
      throw new LabException(
          "In guest %s, exit status %d from: %s%n%s%s"
              .formatted(name(), outcome.status(), command, outcome.output(), outcome.complaint()));
    }
    return outcome.output();
  }

  /** Reboots the guest from inside, in the same QEMU process; returns when it answers again. */
  public void reboot() {
    command("reboot");
  }
}
