package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupStarted;
import io.tidemark.repository.Hash;
import io.tidemark.repository.PackWriter;
import io.tidemark.repository.Repository;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Garbage collection between a real database and a real repository. */
class GarbageIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir private Path directory;
  private String database;
  private Catalog catalog;
  private Host host;

  @BeforeEach
  void start() throws Exception {
    database = POSTGRES.newDatabase();
    catalog = Catalog.on(database, directory.resolve("repository"), ApiConfig.defaults()).start();
    host = new Host(catalog, UUID, "web").seen();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void whatOnlyForgottenPointsNeededGoesAndTheRestStaysWhole() throws Exception {
    String first = host.backUp();
    for (int i = 0; i < 200; i++) {
      host.content[i * 65_536]++;
    }
    String second = host.backUp();
    byte[] content = host.content.clone();
    catalog.delete("/api/v1/points/" + first);
    long before = bytes();

    JsonObject dry = collect(true);
    assertThat(bytes()).isEqualTo(before);
    JsonObject done = collect(false);

    assertThat(dry.getInteger("deletedPacks") + dry.getInteger("compactedPacks")).isPositive();
    assertThat(done.getLong("deletedBytes") + done.getLong("compactedBytes"))
        .isEqualTo(before - bytes());
    assertThat(bytes()).isLessThan(before);
    assertThat(host.read(second)).isEqualTo(content);
    assertThat(collect(false).getInteger("compactedPacks")).isZero();
    host.content[5]++;
    String third = host.backUp();
    assertThat(host.read(third)).isEqualTo(host.content);
    assertThat(verified()).isTrue();
  }

  @Test
  void packsOfARunningBackupStayUntilItHasFailed() throws Exception {
    host.backUp();
    host.content[1]++;
    String id = host.request();
    BackupStarted started = host.start(host.accepted(id));
    host.plan(started);
    catalog.publish(host.extract(started, 0));
    int packs = packs().size();

    JsonObject beside = collect(false);
    assertThat(beside.getInteger("waitingPacks")).isEqualTo(1);
    assertThat(packs()).hasSize(packs);

    catalog.publish(new BackupFailed(id, Optional.of(Host.NAME), "web", "It was given up."));
    Await.until(
        "the failure",
        () ->
            Optional.of(catalog.json("/api/v1/jobs/" + id))
                .filter(job -> job.getString("state").equals("failed")));
    assertThat(collect(false).getInteger("deletedPacks")).isEqualTo(1);
    assertThat(packs()).hasSize(packs - 1);
    assertThat(verified()).isTrue();
  }

  @Test
  void aPointThatARebuildTookUpStaysEvenIfItsBackupHadFailed() throws Exception {
    String point = host.backUp();
    // As if the catalog had been killed behind the manifest, and the backup then been given up.
    execute("delete from point_disk");
    execute("delete from point_pack");
    execute("update backup set parent = null");
    execute("delete from point");
    execute("update job set state = 'failed', stage = 'failed', reason = 'It was given up.'");
    assertThat(catalog.post("/api/v1/catalog/rebuild", "").body()).contains("\"imported\":1");

    collect(false);

    assertThat(catalog.json("/api/v1/points/" + point).getString("state")).isEqualTo("sealed");
    assertThat(host.read(point)).isEqualTo(host.content);
    assertThat(verified()).isTrue();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = POSTGRES.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void nothingGoesWhenItCannotBeToldWhatIsNeeded() throws Exception {
    String point = host.backUp();
    orphan();
    List<Path> packs = packs();
    Path manifest = directory.resolve("repository/points/" + point + ".json");
    byte[] sound = Files.readAllBytes(manifest);
    byte[] spoilt = sound.clone();
    spoilt[spoilt.length / 2] ^= 1;
    Files.write(manifest, spoilt);

    assertThat(catalog.post("/api/v1/catalog/garbage", "{}").statusCode()).isEqualTo(409);
    assertThat(packs()).isEqualTo(packs);

    Files.delete(manifest);
    assertThat(catalog.post("/api/v1/catalog/garbage", "{}").body()).contains("lacks 1 of the 1");
    assertThat(packs()).isEqualTo(packs);

    Files.write(manifest, sound);
    assertThat(collect(false).getInteger("deletedPacks")).isEqualTo(1);
    assertThat(verified()).isTrue();
  }

  @Test
  void anEmptyDirectoryIsAnAlarmAndNoReasonToDelete() throws Exception {
    host.backUp();
    Path repository = directory.resolve("repository");
    Files.move(repository, directory.resolve("unmounted"));
    Files.createDirectory(repository);

    assertThat(catalog.post("/api/v1/catalog/garbage", "{}").statusCode()).isEqualTo(409);

    Files.delete(repository);
    Files.move(directory.resolve("unmounted"), repository);
    assertThat(collect(false).getInteger("deletedPacks")).isZero();
  }

  /** A pack of a worker that was lost. */
  private void orphan() {
    ByteBuffer content = ByteBuffer.wrap(new byte[] {1, 2, 3});
    try (Repository repository = catalog.repository();
        PackWriter pack = repository.newPack()) {
      var unused = pack.append(Hash.of(content), content);
      var summary = pack.finish();
      assertThat(summary).isPresent();
    }
  }

  private JsonObject collect(boolean dryRun) {
    var response = catalog.post("/api/v1/catalog/garbage", "{\"dryRun\":" + dryRun + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private boolean verified() throws InterruptedException {
    String id =
        new JsonObject(catalog.post("/api/v1/verifications", "{\"all\":true}").body())
            .getString("id");
    JsonObject job =
        Await.until(
            "the verification",
            () ->
                Optional.of(catalog.json("/api/v1/jobs/" + id))
                    .filter(found -> found.getString("endedAt") != null));
    return job.getJsonObject("result").getBoolean("ok");
  }

  private List<Path> packs() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("repository/packs"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private long bytes() throws IOException {
    long sum = 0;
    for (Path pack : packs()) {
      sum += Files.size(pack);
    }
    return sum;
  }
}
