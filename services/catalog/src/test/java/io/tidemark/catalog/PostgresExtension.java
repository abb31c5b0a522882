package io.tidemark.catalog;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real PostgreSQL for the tests of a class. */
final class PostgresExtension implements BeforeAllCallback, AfterAllCallback {
  private final Map<String, String> settings;
  private EmbeddedPostgres postgres;

  PostgresExtension() {
    this(Map.of());
  }

  /** One with settings of its own. */
  PostgresExtension(Map<String, String> settings) {
    this.settings = settings;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
    settings.forEach(builder::setServerConfig);
    postgres = builder.start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    postgres.close();
  }

  /** The URI of a new, empty database. */
  String newDatabase() throws SQLException {
    String name = "t" + UUID.randomUUID().toString().replace("-", "");
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    return "postgresql://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/" + name;
  }

  /** A connection of the test's own to a database from {@link #newDatabase}. */
  Connection connect(String uri) throws SQLException {
    return dataSource(uri).getConnection();
  }

  /** The same for who makes connections himself. */
  DataSource dataSource(String uri) {
    return postgres.getDatabase("postgres", uri.substring(uri.lastIndexOf('/') + 1));
  }
}
