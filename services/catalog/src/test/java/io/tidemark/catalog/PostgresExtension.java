package io.tidemark.catalog;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL for the tests of a class. Classes that want the same settings share one: to
 * make one takes seconds.
 */
final class PostgresExtension implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SERVERS =
      ExtensionContext.Namespace.create(PostgresExtension.class);

  private final Map<String, String> settings;
  private EmbeddedPostgres postgres;

  PostgresExtension() {
    this(Map.of());
  }

  /** One with settings of its own. */
  PostgresExtension(Map<String, String> settings) {
    this.settings = Map.copyOf(settings);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    postgres =
        context
            .getRoot()
            .getStore(SERVERS)
            .getOrComputeIfAbsent(settings, PostgresExtension::start, Server.class)
            .postgres();
  }

  /** The URI of a new database that has this version's schema. */
  String newDatabase() throws SQLException {
    return newDatabase("template1");
  }

  /** The URI of a new, empty database. */
  String emptyDatabase() throws SQLException {
    return newDatabase("template0");
  }

  /** A connection of the test's own to a database from {@link #newDatabase}. */
  Connection connect(String uri) throws SQLException {
    return dataSource(uri).getConnection();
  }

  /** The same for who makes connections himself. */
  DataSource dataSource(String uri) {
    return postgres.getDatabase("postgres", uri.substring(uri.lastIndexOf('/') + 1));
  }

  private String newDatabase(String template) throws SQLException {
    String name = "t" + UUID.randomUUID().toString().replace("-", "");
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " template " + template);
    }
    return "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/" + name;
  }

  private static Server start(Map<String, String> settings) {
    try {
      EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
      settings.forEach(builder::setServerConfig);
      EmbeddedPostgres postgres = builder.start();
      Flyway.configure()
          .dataSource(postgres.getDatabase("postgres", "template1"))
          .locations("classpath:db/migration")
          .load()
          .migrate();
      return new Server(postgres);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closed by JUnit after the last class. */
  private record Server(EmbeddedPostgres postgres) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      postgres.close();
    }
  }
}
