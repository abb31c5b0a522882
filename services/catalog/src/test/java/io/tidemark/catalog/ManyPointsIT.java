package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The watch on a repository of more restore points than can be looked for each time. */
class ManyPointsIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";
  private static final int MANY = 3000;

  /** Older than the real one, each by a minute more. */
  private static final String POINTS =
      """
      insert into point (id, domain_uuid, vm, hypervisor, kind, state, consistency, domain_xml,
        created_at, sealed_at)
      select 'old-' || to_char(n, 'FM00000'), '%s', 'web', 'kvm1', 'full', 'sealed', 'crash', '<domain/>',
        at, at from generate_series(1, %d) n, lateral (select now() - n * interval '1 minute') t (at)\
      """
          .formatted(UUID, MANY);

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;
  private Host web;
  private String newest;

  @BeforeEach
  void start() throws Exception {
    String uri = POSTGRES.newDatabase();
    catalog = Catalog.on(uri, repository()).start();
    web = new Host(catalog, UUID, "web").seen();
    newest = web.backUp();
    catalog.stop();
    for (int n = 1; n <= MANY; n++) {
      Files.createFile(manifest(old(n)));
    }
    insert(uri);
    catalog.start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void anOldPointThatIsMissingIsFoundOutAndStaysSoUntilItIsThereAgain() throws Exception {
    awaitState("ok");
    Files.move(manifest(old(1777)), directory.resolve("away"));

    awaitState("alarm");
    assertThat(detail())
        .contains("lacks at least 1 of the 3001 restore points", "Nothing was deleted");
    assertThat(catalog.json("/api/v1/points/" + old(1777)).getString("state")).isEqualTo("sealed");
    assertThat(catalog.post("/api/v1/backups", "{\"vm\":\"web\"}").statusCode()).isEqualTo(202);

    Files.move(directory.resolve("away"), manifest(old(1777)));
    awaitState("ok");
  }

  @Test
  void aPointThatIsMissingIsNeverBuiltOnEvenIfNobodyHasNoticedYet() throws Exception {
    Files.delete(manifest(newest));

    assertThat(web.accepted(web.request()).parent().orElseThrow().pointId()).isEqualTo(old(1));
  }

  @Test
  void aRepositoryThatCameBackWithoutPointsRaisesAnAlarmAndNoBackupIsMade() throws Exception {
    awaitState("ok");
    Files.move(manifest(newest).getParent(), directory.resolve("away"));
    Files.createDirectory(manifest(newest).getParent());

    awaitState("alarm");

    assertThat(catalog.post("/api/v1/backups", "{\"vm\":\"web\"}").statusCode()).isEqualTo(503);
    assertThat(catalog.json("/api/v1/overview").getJsonObject("repository").getInteger("points"))
        .isEqualTo(MANY + 1);
  }

  @Test
  void nothingIsCollectedWhileASinglePointIsMissing() throws Exception {
    awaitState("ok");
    Files.delete(manifest(old(2999)));

    var refused = catalog.post("/api/v1/catalog/garbage", "{}");

    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(new JsonObject(refused.body()).getString("detail")).contains("Nothing was deleted");
  }

  @Test
  void aPointThatIsForgottenIsNotMissing() throws Exception {
    awaitState("ok");

    assertThat(catalog.delete("/api/v1/points/" + old(5)).statusCode()).isEqualTo(204);

    assertThat(catalog.post("/api/v1/catalog/rebuild", "").body()).contains("\"imported\":0");
    assertThat(state()).isEqualTo("ok");
  }

  private static void insert(String uri) throws SQLException {
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      statement.execute(POINTS);
    }
  }

  private static String old(int n) {
    return "old-%05d".formatted(n);
  }

  private Path manifest(String point) {
    return repository().resolve("points").resolve(point + ".json");
  }

  private String state() {
    return status().getString("state");
  }

  private String detail() {
    return status().getString("detail");
  }

  private JsonObject status() {
    return catalog.json("/api/v1/status").getJsonObject("repository");
  }

  private void awaitState(String state) throws InterruptedException {
    Await.until("the repository to be " + state, () -> Optional.of(state()).filter(state::equals));
  }

  private Path repository() {
    return directory.resolve("repository");
  }
}
