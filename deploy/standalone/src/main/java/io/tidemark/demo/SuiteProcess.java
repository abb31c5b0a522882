package io.tidemark.demo;

import io.tidemark.cli.ApiClient;
import io.tidemark.cli.CliFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code tidemark up} as a process of its own, exactly as a user would run it. */
public final class SuiteProcess implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(40);

  private final Process process;
  private final URI url;
  private final Path log;

  private SuiteProcess(Process process, URI url, Path log) {
    this.process = process;
    this.url = url;
    this.log = log;
  }

  /**
   * Starts the suite and waits until its API answers.
   *
   * @param http host and port for the API
   * @param more further options of {@code tidemark up}
   * @throws DemoFailure naming the log if it doesn't get ready
   */
  public static SuiteProcess start(String libvirtUri, Path data, String http, String... more) {
    return start(List.of(), libvirtUri, data, http, more);
  }

  /**
   * The same, in a virtual machine with options of its own.
   *
   * @param jvmOptions of {@code java}, such as {@code -XX:+UseSerialGC}
   */
  public static SuiteProcess start(
      List<String> jvmOptions, String libvirtUri, Path data, String http, String... more) {
    Path log = data.resolve("up.log");
    try {
      Files.createDirectories(data);
      Process process =
          new ProcessBuilder(command(jvmOptions, libvirtUri, data, http, more))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      SuiteProcess suite = new SuiteProcess(process, URI.create("http://" + http), log);
      suite.awaitReady();
      return suite;
    } catch (IOException e) {
      throw new DemoFailure("The suite could not be started: " + e.getMessage(), e);
    }
  }

  /** A client of its API. */
  public ApiClient api() {
    return new ApiClient(url);
  }

  /** Where its API and page are. */
  public URI url() {
    return url;
  }

  /** Its process, whose children are the broker's and the database's. */
  public long pid() {
    return process.pid();
  }

  private static List<String> command(
      List<String> jvmOptions, String libvirtUri, Path data, String http, String... more) {
    ProcessHandle.Info self = ProcessHandle.current().info();
    List<String> command = new ArrayList<>();
    command.add(self.command().orElse("java"));
    // What this JVM was allowed, without what makes it small and quick to start.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--") || argument.startsWith("-Dvertx"))
        .forEach(command::add);
    command.addAll(jvmOptions);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:-G1UseAdaptiveIHOP",
            "-XX:InitiatingHeapOccupancyPercent=70",
            "-cp",
            System.getProperty("java.class.path"),
            "io.tidemark.standalone.Tidemark",
            "up"));
    command.addAll(List.of("--libvirt", libvirtUri, "--data", data.toString(), "--http", http));
    command.addAll(List.of(more));
    return command;
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + START_PATIENCE.toNanos();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new DemoFailure("The suite did not become ready; its log is " + log);
      }
      pause();
    }
  }

  private boolean answers() {
    try {
      // Answered to everybody, once the catalog has its database.
      api().get("session", Map.class);
      return true;
    } catch (CliFailure notYet) {
      return false;
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoFailure("interrupted", e);
    }
  }

  /** Kills it as a power failure would, and returns when it is gone. */
  public void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops it with SIGTERM and waits; kills it if it does not stop. */
  @Override
  public void close() {
    // Who was interrupted by Ctrl-C has the time for that.
    boolean interrupted = Thread.interrupted();
    process.destroy();
    try {
      if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
