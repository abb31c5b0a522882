package io.tidemark.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** A program of the host, run to its end. */
final class HostTool {
  private HostTool() {}

  /**
   * Runs a command and returns what it printed, both streams together.
   *
   * @throws DemoFailure if it can't be started or ends with a status that is not among the good
   *     ones
   */
  static String run(Set<Integer> goodStatus, List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = process.waitFor();
      if (!goodStatus.contains(status)) {
        throw new DemoFailure(
            String.join(" ", command) + " ended with status " + status + ": " + output);
      }
      return output;
    } catch (IOException e) {
      throw new DemoFailure(command.getFirst() + " can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }
}
