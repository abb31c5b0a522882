package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.Manifest;
import io.tidemark.repository.Repository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What any earlier version has left in its database is there after this one has started on it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  /** What this version writes otherwise than those before it; see the tests of that. */
  private static final Set<String> REWRITTEN = Set.of("point_pack");

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  private Path directory;
  private final Map<String, String> placeholders = new HashMap<>();
  private String first;
  private String second;
  private List<String> firstPacks;
  private List<String> secondPacks;
  private Catalog catalog;

  /** Two restore points, for the rows to speak of. */
  @BeforeAll
  void backUp(@TempDir Path temporary) throws Exception {
    directory = temporary;
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    first = web.backUp();
    web.content[0]++;
    second = web.backUp();
    try (Repository repository = catalog.repository()) {
      placeholders.put("repository", repository.id());
      firstPacks = describe("first", repository.manifest(first));
      secondPacks = describe("second", repository.manifest(second));
    }
    placeholders.put("path", repository().toString());
    placeholders.put("size", Integer.toString(Host.SIZE));
    catalog.close();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  /** All but the last, which is this one. */
  List<String> versions() throws SQLException {
    List<String> all =
        Arrays.stream(flyway(POSTGRES.emptyDatabase(), "latest").info().all())
            .map(MigrationInfo::getVersion)
            .map(Object::toString)
            .toList();
    return all.subList(0, all.size() - 1);
  }

  @ParameterizedTest(name = "version {0}")
  @MethodSource("versions")
  void everyRowOfAnEarlierVersionSurvives(String version) throws Exception {
    String uri = left(version);
    Map<String, List<JsonObject>> before = rows(uri);
    assertThat(before)
        .as("rows of every table")
        .noneSatisfy((table, rows) -> assertThat(rows).isEmpty());

    catalog = Catalog.on(uri, repository()).start();

    Map<String, List<JsonObject>> after = rows(uri);
    REWRITTEN.forEach(before::remove);
    before.forEach((table, rows) ->
        assertThat(narrowed(after.get(table), rows))
            .as("the rows of %s", table)
            .containsExactlyInAnyOrderElementsOf(rows));
  }

  @ParameterizedTest(name = "version {0}")
  @MethodSource("versions")
  void theApiTellsOfWhatAnEarlierVersionHasLeft(String version) throws Exception {
    catalog = Catalog.on(left(version), repository()).start();

    assertThat(catalog.json("/api/v1/status").getJsonObject("repository").getString("state"))
        .isEqualTo("ok");
    assertThat(ids("/api/v1/points", "points")).containsExactly(second, first);
    assertThat(ids("/api/v1/points?vm=web&kind=incremental", "points")).containsExactly(second);
    assertThat(ids("/api/v1/jobs", "jobs"))
        .containsExactly(
            "old-verification", "old-restore", "failed-backup", second, first, "old-conversion");
    assertThat(catalog.json("/api/v1/events/log").getJsonArray("events")).hasSize(2);
    JsonObject vm = catalog.json("/api/v1/vms/web");
    assertThat(vm.getJsonArray("points")).hasSize(2);
    assertThat(vm.getJsonObject("lastPoint").getString("id")).isEqualTo(second);
    JsonObject total = catalog.json("/api/v1/overview").getJsonObject("repository");
    assertThat(total.getInteger("points")).isEqualTo(2);
    assertThat(total.getLong("logicalBytes")).isEqualTo(2L * Host.SIZE);
    for (String list : List.of("vms", "settings", "users", "tokens", "audit", "webhooks")) {
      assertThat(catalog.get("/api/v1/" + list).statusCode()).as(list).isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "version {0}")
  @MethodSource("versions")
  void theNextBackupBuildsOnTheLastPointOfAnEarlierVersion(String version) throws Exception {
    catalog = Catalog.on(left(version), repository()).start();

    Host web = new Host(catalog, UUID, "web");

    assertThat(web.accepted(web.request()).parent().orElseThrow().pointId()).isEqualTo(second);
  }

  @ParameterizedTest(name = "version {0}")
  @MethodSource("versions")
  void ofThePacksThatWereNamedAgainAndAgainEachPointKeepsItsOwn(String version) throws Exception {
    String uri = left(version);

    catalog = Catalog.on(uri, repository()).start();

    assertThat(packs(uri, "point_pack where point_id = '" + second + "'"))
        .containsExactlyInAnyOrderElementsOf(secondPacks);
    assertThat(packs(uri, "heritage('" + second + "')"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(firstPacks.stream(), secondPacks.stream()).toList());
  }

  private static List<String> packs(String uri, String from) throws SQLException {
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      return texts(statement, "select pack_id from " + from);
    }
  }

  /** A database as that version left it, with rows in every table that it had. */
  private String left(String version) throws Exception {
    String uri = POSTGRES.emptyDatabase();
    flyway(uri, version).migrate();
    List<String> reached =
        Arrays.stream(flyway(uri, version).info().applied())
            .map(applied -> applied.getVersion().toString())
            .toList();
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      for (String each : reached) {
        statement.execute(filled("/rows/V" + each + ".sql"));
      }
    }
    return uri;
  }

  private static Flyway flyway(String uri, String target) throws SQLException {
    return Flyway.configure()
        .dataSource(POSTGRES.dataSource(uri))
        .locations("classpath:db/migration")
        .target(target)
        .load();
  }

  /** What is added to the rows with that version, if anything. */
  private String filled(String resource) throws IOException {
    try (InputStream rows = MigrationIT.class.getResourceAsStream(resource)) {
      String sql = rows == null ? "" : new String(rows.readAllBytes(), StandardCharsets.UTF_8);
      for (Map.Entry<String, String> entry : placeholders.entrySet()) {
        sql = sql.replace("${" + entry.getKey() + "}", entry.getValue());
      }
      return sql;
    }
  }

  private List<String> describe(String name, Manifest manifest) {
    List<String> packs = manifest.packs().stream().map(Object::toString).toList();
    placeholders.put(name, manifest.id());
    placeholders.put(name + "Root", manifest.disks().get(0).root().toText());
    placeholders.put(name + "Packs", "{" + String.join(",", packs) + "}");
    return packs;
  }

  /** Of every table its rows. */
  private static Map<String, List<JsonObject>> rows(String uri) throws SQLException {
    Map<String, List<JsonObject>> all = new TreeMap<>();
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      List<String> tables =
          texts(
              statement,
              "select tablename from pg_tables where schemaname = 'public'"
                  + " and tablename <> 'flyway_schema_history'");
      for (String table : tables) {
        all.put(
            table,
            texts(statement, "select to_jsonb(t)::text from " + table + " t").stream()
                .map(JsonObject::new)
                .toList());
      }
    }
    return all;
  }

  private static List<String> texts(Statement statement, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /** The rows with only the columns that there were. */
  private static List<JsonObject> narrowed(List<JsonObject> rows, List<JsonObject> before) {
    Set<String> columns =
        before.stream()
            .map(JsonObject::fieldNames)
            .flatMap(Set::stream)
            .collect(Collectors.toSet());
    return rows.stream()
        .map(JsonObject::copy)
        .peek(row -> row.fieldNames().retainAll(columns))
        .toList();
  }

  private List<String> ids(String path, String list) {
    JsonArray items = catalog.json(path).getJsonArray(list);
    return Stream.iterate(0, i -> i < items.size(), i -> i + 1)
        .map(i -> items.getJsonObject(i).getString("id"))
        .toList();
  }

  private Path repository() {
    return directory.resolve("repository");
  }
}
