package io.tidemark.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

/**
 * A PostgreSQL server of this process, on the loopback interface, with a password. What is
 * committed is on the disk: the settings that the library below is made for tests with are turned
 * back, and looked at before the server is handed out.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Duration START_PATIENCE = Duration.ofSeconds(60);
  private static final String NAME = "tidemark";
  private static final Map<String, String> DURABLE =
      Map.of("fsync", "on", "synchronous_commit", "on", "full_page_writes", "on");

  private final EmbeddedPostgres server;
  private final String password;

  private PostgresServer(EmbeddedPostgres server, String password) {
    this.server = server;
    this.password = password;
  }

  /**
   * Starts the server and waits until it answers; blocks for some seconds. A server that a killed
   * process left running on the directory is stopped first.
   *
   * @param dataDirectory its own directory, made if missing; the data stay there
   * @throws PostgresException if it doesn't start, or would not be durable
   */
  public static PostgresServer start(Path dataDirectory) {
    Path directory = dataDirectory.toAbsolutePath();
    try {
      Files.createDirectories(directory);
      PasswordFile password = new PasswordFile(directory.resolve("password"));
      String secret = password.readOrCreate();
      Path cluster = directory.resolve("cluster");
      new OrphanedPostgres(cluster).stop();
      PostgresServer started =
          new PostgresServer(launch(directory, cluster, password, secret), secret);
      started.prepareOrClose();
      return started;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure(directory, e);
    } catch (IOException | SQLException | IllegalStateException e) {
      throw failure(directory, e);
    }
  }

  /** How to connect: {@code postgresql://user:password@127.0.0.1:port/tidemark}. */
  public String uri() {
    return "postgresql://" + NAME + ":" + password + "@127.0.0.1:" + server.getPort() + "/" + NAME;
  }

  /** Stops it: ends the connections, writes a checkpoint. Blocks until it is down. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new PostgresException("PostgreSQL could not be stopped: " + e.getMessage(), e);
    }
  }

  private static EmbeddedPostgres launch(
      Path directory, Path cluster, PasswordFile password, String secret) throws IOException {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(cluster)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START_PATIENCE)
            .setConnectConfig("password", secret)
            // These two reach initdb as options: from its first instant the cluster wants
            // passwords.
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", password.file().toString())
            .setServerConfig("max_connections", "50")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("listen_addresses", "127.0.0.1");

    DURABLE.forEach(builder::setServerConfig);
    return builder.start();
  }

  private void prepareOrClose() throws SQLException, IOException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement sql = connection.createStatement()) {
      assertDurable(sql);
      if (!exists(sql, "select 1 from pg_roles where rolname = '" + NAME + "'")) {
        // Only digits and letters are in it; PostgreSQL has no parameters for this statement.
        sql.execute("create role " + NAME + " login password '" + password + "'");
      }
      if (!exists(sql, "select 1 from pg_database where datname = '" + NAME + "'")) {
        sql.execute("create database " + NAME + " owner " + NAME);
      }
    } catch (SQLException | PostgresException e) {
      server.close();
      throw e;
    }
  }

  private static void assertDurable(Statement sql) throws SQLException {
    for (Map.Entry<String, String> setting : DURABLE.entrySet()) {
      try (ResultSet row = sql.executeQuery("show " + setting.getKey())) {
        row.next();
        if (!setting.getValue().equals(row.getString(1))) {
          throw new PostgresException(
              "PostgreSQL would lose data in a power failure: its setting "
                  + setting.getKey()
                  + " is "
                  + row.getString(1));
        }
      }
    }
  }

  private static boolean exists(Statement sql, String query) throws SQLException {
    try (ResultSet rows = sql.executeQuery(query)) {
      return rows.next();
    }
  }

  private static PostgresException failure(Path directory, Exception cause) {
    return new PostgresException(
        "PostgreSQL in " + directory + " does not start: " + cause.getMessage(), cause);
  }
}
