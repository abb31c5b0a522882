package io.tidemark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What running processes have used, as Linux counts it (proc(5)). */
final class ProcessMeter {
  private static final double TICKS_PER_SECOND = 100;

  private final long root;

  /**
   * @param root a process; its descendants count too
   */
  ProcessMeter(long root) {
    this.root = root;
  }

  /** User and system time so far, of those that still run. */
  double cpuSeconds() {
    return tree().mapToDouble(ProcessMeter::cpuSeconds).sum();
  }

  /** Forgets the peaks so far. */
  void resetPeaks() {
    tree()
        .forEach(pid -> {
          try {
            Files.writeString(proc(pid, "clear_refs"), "5");
          } catch (IOException e) {
            throw new BenchFailure("the peak of process " + pid + " can't be reset", e);
          }
        });
  }

  /** The largest peak of any of the processes. */
  long peakRssBytes() {
    return tree().mapToLong(ProcessMeter::peak).max().orElse(0);
  }

  private Stream<Long> tree() {
    return ProcessHandle.of(root).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .map(ProcessHandle::pid);
  }

  private static double cpuSeconds(long pid) {
    return read(proc(pid, "stat"))
        .map(stat -> {
          // The command's name, which may hold anything, ends with the last bracket.
          String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        })
        .orElse(0.0);
  }

  private static long peak(long pid) {
    return read(proc(pid, "status"))
        .flatMap(status -> status.lines().filter(line -> line.startsWith("VmHWM:")).findFirst())
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .orElse(0L);
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      // A process that ends while it is read.
      return Optional.empty();
    }
  }

  private static Path proc(long pid, String name) {
    return Path.of("/proc", Long.toString(pid), name);
  }
}
