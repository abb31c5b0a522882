package io.tidemark.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Fills a database with the rows of a big catalog. PostgreSQL makes them itself, on two processors
 * and without a log, triggers and indexes, which are made up for at the end.
 */
final class ScaleData {
  /** How PostgreSQL takes in so much at once. */
  static final Map<String, String> SERVER =
      Map.of(
          "shared_buffers", "1GB",
          "max_wal_size", "8GB",
          "checkpoint_timeout", "1h",
          "autovacuum", "off");

  private static final String UNLOGGED =
      """
      do $$ declare name text; begin
        for round in 1..9 loop
          for name in select relname from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'r' and relpersistence = 'p' loop
            begin
              execute format('alter table %I set unlogged', name);
            exception when invalid_table_definition then null; -- those that refer to it come first
            end;
          end loop;
        end loop;
      end $$\
      """;
  private static final String INDEXES_READY =
      """
      update pg_index set indisready = %s
      where indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)\
      """;

  private static final List<String> POINTS = List.of("domain", "point", "point_disk");
  private static final List<String> REST =
      List.of(
          "pack",
          "point_pack",
          "job",
          "shard",
          "event_log",
          "audit",
          "account",
          "api_token",
          "webhook",
          "webhook_delivery");

  private final DataSource database;
  private final int vms;
  private final int points;

  ScaleData(DataSource database, int vms, int points) {
    this.database = database;
    this.vms = vms;
    this.points = points;
  }

  /** The id that PostgreSQL makes of the same text. */
  static String id(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of()
          .formatHex(digest)
          .replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  void fill() throws Exception {
    Flyway.configure().dataSource(database).locations("classpath:db/migration").load().migrate();
    execute(UNLOGGED, INDEXES_READY.formatted(false));
    both(() -> execute(rows("points")), () -> execute(rows("rest")));
    execute(INDEXES_READY.formatted(true));
    both(() -> index(POINTS), () -> index(REST));
    execute("select refresh_totals()", "vacuum analyze domain");
  }

  private Void index(List<String> tables) throws SQLException {
    for (String table : tables) {
      execute("reindex table " + table, "vacuum (analyze, parallel 0) " + table);
    }
    return null;
  }

  private static void both(Callable<Void> one, Callable<Void> other) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (Future<Void> each : threads.invokeAll(List.of(one, other))) {
        each.get();
      }
    }
  }

  private Void execute(String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set session_replication_role = replica");
      statement.execute("set maintenance_work_mem = '1GB'");
      statement.execute("set work_mem = '256MB'");
      for (String sql : statements) {
        statement.execute(sql);
      }
      return null;
    }
  }

  private String rows(String name) throws IOException {
    try (InputStream sql = ScaleData.class.getResourceAsStream("/scale/" + name + ".sql")) {
      return new String(sql.readAllBytes(), StandardCharsets.UTF_8)
          .replace("${vms}", Integer.toString(vms))
          .replace("${points}", Integer.toString(points));
    }
  }
}
