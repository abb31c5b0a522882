package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that come with QEMU, run on a worker thread to their end. */
public final class HostCommand {
  private static final int AT_ONCE = 4;

  private final WorkerExecutor workers;

  /**
   * What a program left.
   *
   * @param status its exit status
   * @param out what it printed on standard output
   * @param err what it printed on standard error
   */
  public record Result(int status, String out, String err) {}

  public HostCommand(Vertx vertx) {
    // A comparison of two large disks takes hours.
    this.workers =
        vertx.createSharedWorkerExecutor("tidemark-host-commands", AT_ONCE, 7, TimeUnit.DAYS);
  }

  /**
   * Runs a program that has to succeed.
   *
   * @param debianPackage named when the program is missing
   * @return what it printed on standard output; fails with {@link HypervisorException.Refused} and
   *     its own words if it ends badly, {@link HypervisorException.TimedOut} if it doesn't end in
   *     time
   */
  public Future<String> run(String debianPackage, Duration patience, List<String> command) {
    return result(debianPackage, patience, command)
        .map(result -> {
          if (result.status() != 0) {
            throw new HypervisorException.Refused(
                String.join(" ", command) + " failed: " + result.err().strip(), null);
          }
          return result.out();
        });
  }

  /**
   * Runs a program whose exit status tells something.
   *
   * @param debianPackage named when the program is missing
   * @return what it left; fails with {@link HypervisorException.Refused} if it can't be run, {@link
   *     HypervisorException.TimedOut} if it doesn't end in time
   */
  public Future<Result> result(String debianPackage, Duration patience, List<String> command) {
    return workers.executeBlocking(() -> runBlocking(debianPackage, patience, command), false);
  }

  private Result runBlocking(String debianPackage, Duration patience, List<String> command)
      throws IOException {
    Path out = Files.createTempFile("tidemark-", ".out");
    Path err = Files.createTempFile("tidemark-", ".err");
    try {
      int status = await(start(debianPackage, command, out, err), patience, command);
      return new Result(
          status,
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
      // Vert.x shuts the pool of an executor down when nobody refers to it: its work does.
      Reference.reachabilityFence(workers);
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
