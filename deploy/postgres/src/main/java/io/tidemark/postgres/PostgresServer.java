package io.tidemark.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL with its data in a directory that it keeps over restarts, on the loopback interface,
 * and durable: a catalog of backups must not lose what it has committed.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
  private static final String DATABASE = "tidemark";
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes");

  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /**
   * Starts it; what a killed run left running on the same directory is stopped first.
   *
   * @throws IllegalStateException if it does not start, or is not durable
   */
  public static PostgresServer start(Path directory) {
    Path data = directory.resolve("data");
    stopOrphan(data);
    try {
      Files.createDirectories(directory);
      EmbeddedPostgres.Builder builder =
          EmbeddedPostgres.builder()
              .setDataDirectory(data)
              .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
              .setCleanDataDirectory(false)
              // The order in which things stop is the suite's own.
              .setRegisterShutdownHook(false)
              .setPGStartupWait(START_PATIENCE)
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("max_connections", "50");
      // The library's own defaults are for tests, whose data nobody misses.
      DURABLE.forEach(setting -> builder.setServerConfig(setting, "on"));
      PostgresServer started = new PostgresServer(builder.start());
      started.requireDurable();
      started.createDatabase();
      return started;
    } catch (IOException | SQLException e) {
      throw new IllegalStateException(
          "PostgreSQL did not start on " + directory + ": " + e.getMessage(), e);
    }
  }

  /** Where clients find it. */
  public String uri() {
    return "postgresql://postgres:postgres@127.0.0.1:" + server.getPort() + "/" + DATABASE;
  }

  /** Stops it cleanly and waits. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException("PostgreSQL did not stop: " + e.getMessage(), e);
    }
  }

  private void requireDurable() throws SQLException {
    for (String setting : DURABLE) {
      String value = query("SELECT current_setting('" + setting + "')").orElse("");
      if (!value.equals("on")) {
        close();
        throw new IllegalStateException(
            "PostgreSQL runs with " + setting + "=" + value + ": refusing to trust it");
      }
    }
  }

  private void createDatabase() throws SQLException {
    if (query("SELECT datname FROM pg_database WHERE datname = '" + DATABASE + "'").isEmpty()) {
      try (Connection connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + DATABASE);
      }
    }
  }

  private Optional<String> query(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
    }
  }

  /** A killed JVM leaves its server running. SIGINT is PostgreSQL's "fast" shutdown. */
  private static void stopOrphan(Path data) {
    orphan(data)
        .ifPresent(process -> {
          LOG.warn("Stopping PostgreSQL that an earlier run left [pid: {}]", process.pid());
          stop(process);
        });
  }

  private static Optional<ProcessHandle> orphan(Path data) {
    Path pidFile = data.resolve("postmaster.pid");
    try {
      if (!Files.exists(pidFile)) {
        return Optional.empty();
      }
      long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
      return ProcessHandle.of(pid).filter(process -> serves(process, data));
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException(pidFile + " can't be read: " + e.getMessage(), e);
    }
  }

  /** The pid may belong to something else by now. */
  private static boolean serves(ProcessHandle process, Path data) {
    try {
      return Files.readString(
              Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.UTF_8)
          .contains(data.toString());
    } catch (IOException e) {
      return false;
    }
  }

  private static void stop(ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      process.onExit().get(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "PostgreSQL of an earlier run (process " + process.pid() + ") does not stop", e);
    }
  }
}
