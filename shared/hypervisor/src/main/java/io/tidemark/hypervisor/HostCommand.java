package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that come with QEMU, run on a worker thread to their end. */
public final class HostCommand {
  private final Vertx vertx;

  public HostCommand(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Runs a program.
   *
   * @param debianPackage named when the program is missing
   * @return what it printed on standard output; fails with {@link HypervisorException.Refused} and
   *     its own words if it ends badly, {@link HypervisorException.TimedOut} if it doesn't end in
   *     time
   */
  public Future<String> run(String debianPackage, Duration patience, List<String> command) {
    return vertx.executeBlocking(() -> runBlocking(debianPackage, patience, command), false);
  }

  private static String runBlocking(String debianPackage, Duration patience, List<String> command)
      throws IOException {
    Path out = Files.createTempFile("tidemark-", ".out");
    Path err = Files.createTempFile("tidemark-", ".err");
    try {
      int status = await(start(debianPackage, command, out, err), patience, command);
      if (status != 0) {
        throw new HypervisorException.Refused(
            String.join(" ", command) + " failed: " + Files.readString(err).strip(), null);
      }
      return Files.readString(out, StandardCharsets.UTF_8);
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static Process start(String debianPackage, List<String> command, Path out, Path err) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      throw new HypervisorException.Refused(
          command.getFirst() + " can't be run: install the package " + debianPackage, e);
    }
  }

  private static int await(Process process, Duration patience, List<String> command) {
    try {
      if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      process.destroyForcibly();
      throw new HypervisorException.TimedOut(
          String.join(" ", command) + " did not end within " + patience.toSeconds() + " s", null);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new HypervisorException.TimedOut(String.join(" ", command) + " was interrupted", e);
    }
  }
}
