package io.tidemark.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Says which process serves a directory, so that one left over by a killed run is found and stopped
 * before the next starts.
 */
final class PidFile {
  private final Path file;
  private final String marker;

  /**
   * @param marker a word of the command line by which a process is known to be the one meant, and
   *     not another that got the same number
   */
  PidFile(Path file, String marker) {
    this.file = file;
    this.marker = marker;
  }

  void write() {
    try {
      Files.writeString(file, ProcessHandle.current().pid() + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Removes the file if it still speaks of this process. */
  void delete() {
    try {
      if (read().filter(pid -> pid == ProcessHandle.current().pid()).isPresent()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }

  /** Stops the process that the file speaks of, if it lives: asks first, then insists. */
  void stopOrphan(Duration patience) {
    read()
        .filter(pid -> pid != ProcessHandle.current().pid())
        .flatMap(ProcessHandle::of)
        .filter(this::isMeant)
        .ifPresent(orphan -> stop(orphan, patience));
  }

  private void stop(ProcessHandle orphan, Duration patience) {
    orphan.destroy();
    if (!ended(orphan, patience)) {
      orphan.destroyForcibly();
      if (!ended(orphan, patience)) {
        throw new BrokerException(
            "process " + orphan.pid() + " still serves " + file.getParent() + "; stop it first");
      }
    }
  }

  private static boolean ended(ProcessHandle process, Duration patience) {
    try {
      process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  // ProcessHandle hides long command lines, such as one with a class path; /proc does not.
  private boolean isMeant(ProcessHandle process) {
    try {
      String commandLine =
          Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "cmdline"),
              StandardCharsets.ISO_8859_1);
      return commandLine.contains(marker);
    } catch (IOException e) {
      return false;
    }
  }

  private Optional<Long> read() {
    try {
      return Files.exists(file)
          ? Optional.of(Long.valueOf(Files.readString(file).strip()))
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
