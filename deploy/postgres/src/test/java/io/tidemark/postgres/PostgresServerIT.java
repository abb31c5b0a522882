package io.tidemark.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT {
  @TempDir Path directory;

  @Test
  void whatIsCommittedIsOnTheDisk() throws SQLException {
    try (PostgresServer server = PostgresServer.start(directory)) {
      assertThat(ask(server, "show fsync")).isEqualTo("on");
      assertThat(ask(server, "show synchronous_commit")).isEqualTo("on");
      assertThat(ask(server, "show full_page_writes")).isEqualTo("on");
    }
  }

  @Test
  void dataAreKeptFromStartToStart() throws SQLException {
    try (PostgresServer server = PostgresServer.start(directory)) {
      tell(server, "create table kept (word text)");
      tell(server, "insert into kept values ('still here')");
    }

    try (PostgresServer server = PostgresServer.start(directory)) {
      assertThat(ask(server, "select word from kept")).isEqualTo("still here");
    }
  }

  @Test
  void aServerThatAKilledProcessLeftBehindIsReplaced() throws Exception {
    Process owner =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(owner.inputReader().lines().anyMatch("written"::equals)).isTrue();
    owner.destroyForcibly().waitFor();
    ProcessHandle orphan = postmaster();
    assertThat(orphan.isAlive()).isTrue();

    try (PostgresServer server = PostgresServer.start(directory)) {
      orphan.onExit().get(10, TimeUnit.SECONDS);
      assertThat(ask(server, "select word from kept")).isEqualTo("still here");
    }
  }

  /** A process that has a server, and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] args) throws Exception {
      PostgresServer server = PostgresServer.start(Path.of(args[0]));
      tell(server, "create table kept (word text)");
      tell(server, "insert into kept values ('still here')");
      System.out.println("written");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void oneDirectoryHasOneServer() {
    try (PostgresServer server = PostgresServer.start(directory)) {
      assertThatThrownBy(() -> PostgresServer.start(directory))
          .isInstanceOf(PostgresException.class)
          .hasMessageContaining(directory.toString());
      assertThat(server.uri()).startsWith("postgresql://tidemark:");
    }
  }

  @Test
  void nobodyGetsInWithoutThePassword() throws Exception {
    try (PostgresServer server = PostgresServer.start(directory)) {
      URI uri = URI.create(server.uri());

      for (String user : new String[] {"tidemark", "postgres"}) {
        assertThatThrownBy(
                () -> DriverManager.getConnection(jdbc(uri), user, "not the password").close())
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("password");
      }
      assertThat(Files.getPosixFilePermissions(directory.resolve("password"))).hasSize(2);
    }
  }

  @Test
  void anUnusableDirectoryIsNamed() throws Exception {
    Path file = Files.writeString(directory.resolve("occupied"), "a file");

    assertThatThrownBy(() -> PostgresServer.start(file))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining(file.toString());
  }

  private ProcessHandle postmaster() throws Exception {
    Path pidFile = directory.resolve("cluster").resolve("postmaster.pid");
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).getFirst().strip()))
        .orElseThrow();
  }

  private static void tell(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String ask(PostgresServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection connect(PostgresServer server) throws SQLException {
    URI uri = URI.create(server.uri());
    String[] login = uri.getUserInfo().split(":", 2);
    return DriverManager.getConnection(jdbc(uri), login[0], login[1]);
  }

  private static String jdbc(URI uri) {
    return "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath();
  }
}
