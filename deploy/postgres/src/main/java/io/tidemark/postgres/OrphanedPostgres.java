package io.tidemark.postgres;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server that a killed process left running on a cluster: {@code postmaster.pid} names it, and
 * no second one can start until it is gone.
 */
final class OrphanedPostgres {
  private static final Logger LOG = LoggerFactory.getLogger(OrphanedPostgres.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path cluster;

  OrphanedPostgres(Path cluster) {
    this.cluster = cluster;
  }

  /** Stops it, if there is one, and waits until it has ended. */
  void stop() throws IOException, InterruptedException {
    Optional<ProcessHandle> orphan = find();
    if (orphan.isPresent()) {
      refuseIfOwned();
      LOG.warn("Stopping a PostgreSQL that an earlier run left [pid: {}]", orphan.get().pid());
      interrupt(orphan.get());
      awaitEnd(orphan.get());
    }
  }

  /** The launcher holds a lock in the cluster for as long as its process lives. */
  private void refuseIfOwned() throws IOException {
    try (FileChannel channel =
            FileChannel.open(cluster.resolve("epg-lock"), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw inUse();
      }
    } catch (OverlappingFileLockException e) {
      throw inUse();
    } catch (NoSuchFileException unlocked) {
      // A clean stop removes the file; then nobody owns what runs here.
      return;
    }
  }

  private PostgresException inUse() {
    return new PostgresException("PostgreSQL in " + cluster + " serves another running process");
  }

  private Optional<ProcessHandle> find() throws IOException {
    Path pidFile = cluster.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    return Files.readAllLines(pidFile).stream()
        .findFirst()
        .map(String::strip)
        .filter(line -> line.matches("[0-9]{1,9}"))
        .map(Long::valueOf)
        .flatMap(ProcessHandle::of)
        .filter(this::servesTheCluster);
  }

  // After a reboot the number may be that of any other process.
  private boolean servesTheCluster(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      String commandLine = Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return commandLine.contains("postgres")
          && Files.isSameFile(Files.readSymbolicLink(proc.resolve("cwd")), cluster);
    } catch (IOException e) {
      return false;
    }
  }

  /** PostgreSQL's "fast" shutdown is SIGINT, which Java has no call for. */
  private static void interrupt(ProcessHandle process) throws IOException, InterruptedException {
    new ProcessBuilder("sh", "-c", "kill -INT \"$0\"", Long.toString(process.pid()))
        .start()
        .waitFor();
  }

  private void awaitEnd(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new PostgresException(
          "a PostgreSQL that was left running in "
              + cluster
              + " does not stop; stop process "
              + process.pid()
              + " first",
          e);
    }
  }
}
