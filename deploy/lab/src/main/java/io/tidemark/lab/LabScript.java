package io.tidemark.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the script {@code lab}, for one lab's folder. */
record LabScript(Path script, Optional<Path> directory) {
  private static final Logger LOG = LoggerFactory.getLogger(LabScript.class);
  private static final String ERROR_MARK = "lab: error: ";

  /** What a run left: its exit status, what it printed, and what it said on the way. */
  record Outcome(int status, String output, List<String> said) {
    /** The script's own error message if it gave one, else all that it said. */
    String complaint() {
      return said.stream()
          .filter(line -> line.startsWith(ERROR_MARK))
          .map(line -> line.substring(ERROR_MARK.length()))
          .reduce((first, second) -> second)
          .orElseGet(() -> String.join("\n", said));
    }
  }

  /**
   * Finds the script: system property {@code tidemark.lab.script}, else {@code deploy/lab/lab} in
   * the working directory or a folder above it.
   *
   * @throws LabException if there is none
   */
  static LabScript locate(Optional<Path> directory) {
    var configured = Optional.ofNullable(System.getProperty("tidemark.lab.script")).map(Path::of);
    var script = configured.or(LabScript::aboveWorkingDirectory).map(Path::toAbsolutePath);
    return script
        .filter(Files::isExecutable)
        .map(found -> new LabScript(found, directory))
        .orElseThrow(() -> new LabException(notFound(configured)));
  }

  private static Optional<Path> aboveWorkingDirectory() {
    for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      var candidate = folder.resolve("deploy/lab/lab");
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static String notFound(Optional<Path> configured) {
    return configured
        .map(path -> "No executable script at " + path + ", where tidemark.lab.script points")
        .orElse("No deploy/lab/lab above the working directory: set -Dtidemark.lab.script=PATH");
  }

  /**
   * Runs a command that must succeed.
   *
   * @return what it printed
   * @throws LabException with the script's own words if it fails or does not end in time
   */
  String run(Duration limit, List<String> arguments) {
    var outcome = tryRun(limit, arguments);
    if (outcome.status() != 0) {
      throw new LabException("lab " + String.join(" ", arguments) + ": " + outcome.complaint());
    }
    return outcome.output();
  }

  /**
   * Runs a command whose failure the caller looks at itself.
   *
   * @throws LabException if the script cannot be started or does not end in time
   */
  Outcome tryRun(Duration limit, List<String> arguments) {
    try {
      var output = Files.createTempFile("lab-", ".out");
      try {
        return tryRun(limit, command(arguments), output);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new LabException("Cannot run " + script + ": " + e.getMessage(), e);
    }
  }

  private Outcome tryRun(Duration limit, List<String> command, Path output) throws IOException {
    var process = new ProcessBuilder(command).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    var said = new ArrayList<String>();
    var listener = Thread.ofVirtual().start(() -> listen(process, said::add));
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new LabException("Not done within " + limit + ": " + String.join(" ", command));
      }
      listener.join();
      return new Outcome(
          process.exitValue(), Files.readString(output, StandardCharsets.UTF_8), List.copyOf(said));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted in " + String.join(" ", command), e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private List<String> command(List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(script.toString());
    directory.ifPresent(folder -> command.addAll(List.of("--dir", folder.toString())));
    command.addAll(arguments);
    return command;
  }

  private static void listen(Process process, Consumer<String> said) {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      lines
          .lines()
          .forEach(line -> {
            LOG.info("{}", line);
            said.accept(line);
          });
    } catch (IOException e) {
      LOG.warn("Lost the lab script's messages", e);
    }
  }
}
