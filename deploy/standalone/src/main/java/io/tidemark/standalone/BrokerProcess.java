package io.tidemark.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The embedded Kafka broker in a JVM of its own, so that its libraries and its heap stay its own.
 * It ends when this process does, even if that is killed.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final String READY = "ready ";
  private static final String LAST_PORT = "0";
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  private final Process process;
  private final String bootstrap;

  private BrokerProcess(Process process, String bootstrap) {
    this.process = process;
    this.bootstrap = bootstrap;
  }

  /**
   * Starts it and waits until it is ready; on the port that it had the last time, if that is free.
   */
  public static BrokerProcess start(Path directory) {
    Path log = directory.resolveSibling(directory.getFileName() + ".log");
    try {
      Files.createDirectories(directory);
      Process process =
          new ProcessBuilder(command(directory))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new BrokerProcess(process, awaitReady(process, log));
    } catch (IOException e) {
      throw new StartupFailure("Kafka can't be started: " + e.getMessage(), e);
    }
  }

  /** Where clients find it: {@code host:port}. */
  public String bootstrap() {
    return bootstrap;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> command(Path directory) {
    Path broker = home();
    List<String> command = new ArrayList<>();
    // Ctrl-C reaches every process of a terminal: this one must outlast the services that use it.
    command.addAll(List.of("sh", "-c", "trap '' INT; exec \"$0\" \"$@\""));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What this JVM was allowed to do with native code and memory, that one needs, too.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            broker.resolve("lib") + "/*:" + broker + "/*",
            "io.tidemark.broker.BrokerMain",
            directory.toString(),
            LAST_PORT));
    return command;
  }

  /**
   * The broker's build folder, which has its jar and {@code lib}: beside the one that this class
   * comes from.
   */
  private static Path home() {
    return Optional.ofNullable(System.getProperty("tidemark.broker.home"))
        .map(Path::of)
        .or(BrokerProcess::besideOurselves)
        .orElseThrow(() ->
            new StartupFailure(
                "The embedded Kafka is not built: run `mvn package`, or name a real one with"
                    + " --kafka."));
  }

  private static Optional<Path> besideOurselves() {
    try {
      Path here =
          Path.of(BrokerProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (Path folder = here; folder != null; folder = folder.getParent()) {
        Path candidate = folder.resolve("deploy/broker/target");
        if (Files.isDirectory(candidate.resolve("lib"))) {
          return Optional.of(candidate);
        }
      }
      return Optional.empty();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String awaitReady(Process process, Path log) throws IOException {
    // Not closed: what follows the first line is nothing, and the stream ends with the process.
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new StartupFailure("Kafka did not start; its log is " + log);
    }
    return line.substring(READY.length());
  }
}
