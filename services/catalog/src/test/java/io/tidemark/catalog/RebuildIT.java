package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The database is lost with all that others have said; only the repository is left. */
class RebuildIT {
  private static final String WEB = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";
  private static final String DB = "0b9d1f53-7c1e-4c58-8f0a-1d2f6c1b7a42";

  /** What is known of points, from the manifests and the packs alone. */
  private static final Map<String, String> TABLES = tables();

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir private Path directory;
  private String uri;
  private Catalog catalog;
  private Host web;

  @BeforeEach
  void start() throws Exception {
    uri = POSTGRES.newDatabase();
    catalog = Catalog.on(uri, directory.resolve("repository")).start();
    web = new Host(catalog, WEB, "web").seen();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void theSamePointsDisksPacksTotalsAndDomainsAreThereAgain() throws Exception {
    web.backUp();
    new Host(catalog, DB, "db").seen().backUp();
    web.content[1]++;
    String second = web.backUp();
    web.content[25 << 20]++;
    web.backUp();
    Map<String, List<List<Object>>> before = everything();
    JsonObject shown = catalog.json("/api/v1/points/" + second);
    JsonArray days = overview().getJsonArray("days");

    loseTheDatabase();

    assertThat(everything()).isEqualTo(before);
    assertThat(before.get("pack"))
        .hasSizeGreaterThan(6)
        .allSatisfy(pack -> {
          assertThat(pack).doesNotContainNull();
        });
    assertThat(catalog.json("/api/v1/points/" + second)).isEqualTo(shown);
    assertThat(overview().getJsonArray("days")).isEqualTo(days);
  }

  @Test
  void afterACollectionOfGarbageToo() throws Exception {
    String first = web.backUp();
    for (int block = 0; block < 200; block++) {
      web.content[block * 65_536]++;
    }
    web.backUp();
    web.content[1]++;
    web.backUp();
    assertThat(catalog.delete("/api/v1/points/" + first).statusCode()).isEqualTo(204);
    JsonObject collected = new JsonObject(catalog.post("/api/v1/catalog/garbage", "{}").body());
    assertThat(collected.getInteger("compactedPacks")).isPositive();
    Map<String, List<List<Object>>> before = everything();

    loseTheDatabase();

    assertThat(everything()).isEqualTo(before);
  }

  /** Another catalog, which has heard nothing of anybody. */
  private void loseTheDatabase() throws Exception {
    catalog.close();
    uri = POSTGRES.newDatabase();
    catalog = Catalog.on(uri, directory.resolve("repository")).start();
  }

  private JsonObject overview() {
    return catalog.json("/api/v1/overview");
  }

  private Map<String, List<List<Object>>> everything() throws SQLException {
    Map<String, List<List<Object>>> all = new LinkedHashMap<>();
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      for (Map.Entry<String, String> table : TABLES.entrySet()) {
        try (ResultSet rows = statement.executeQuery(table.getValue())) {
          all.put(table.getKey(), rows(rows));
        }
      }
    }
    return all;
  }

  private static List<List<Object>> rows(ResultSet rows) throws SQLException {
    List<List<Object>> all = new ArrayList<>();
    while (rows.next()) {
      List<Object> row = new ArrayList<>();
      for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
        row.add(rows.getObject(column));
      }
      all.add(row);
    }
    return all;
  }

  private static Map<String, String> tables() {
    Map<String, String> tables = new LinkedHashMap<>();
    tables.put("point", "select * from point where state <> 'forgotten' order by id");
    tables.put(
        "point_disk",
        "select point_disk.* from point_disk join point on point.id = point_id"
            + " where state <> 'forgotten' order by point_id, position");
    tables.put("pack", "select * from pack order by id");
    tables.put(
        "packs that a point may need",
        // A point whose parent is gone takes up what it has of it.
        "select point.id, pack_id from point, heritage(point.id) where state <> 'forgotten'"
            + " order by point.id, pack_id");
    tables.put("repository", "select id, path from repository");
    tables.put("repository_total", "select * from repository_total");
    tables.put(
        "domain",
        "select uuid, hypervisor, name, last_point_id, last_point_kind, last_point_state,"
            + " last_point_at from domain order by uuid");
    return tables;
  }
}
