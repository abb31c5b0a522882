package io.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Runs a command line and reads from GNU time what it and its children cost. */
final class MeteredCommand {
  private final Path directory;

  /**
   * @param directory for what the commands print
   */
  MeteredCommand(Path directory) {
    this.directory = directory;
  }

  /** Runs it to its end; a status other than 0 ends the benchmark. */
  Usage run(List<String> command) {
    Path figures = directory.resolve("time.txt");
    Path output = directory.resolve("output.txt");
    List<String> timed =
        new ArrayList<>(List.of("/usr/bin/time", "-o", figures.toString(), "-f", "%U %S %M", "--"));
    timed.addAll(command);
    long start = System.nanoTime();
    int status = execute(timed, output);
    double wall = (System.nanoTime() - start) / 1e9;
    if (status != 0) {
      throw new BenchFailure(
          String.join(" ", command) + " ended with status " + status + "; see " + output);
    }
    String[] fields = read(figures).strip().split(" ", -1);
    return new Usage(
        wall,
        wall,
        Double.parseDouble(fields[0]) + Double.parseDouble(fields[1]),
        Long.parseLong(fields[2]) << 10,
        OptionalLong.empty());
  }

  private static int execute(List<String> command, Path output) {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(output.toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new BenchFailure(command + " can't be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BenchFailure(file + " can't be read: " + e.getMessage(), e);
    }
  }
}
