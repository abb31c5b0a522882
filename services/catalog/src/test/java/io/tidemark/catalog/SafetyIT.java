package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.JobKind;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardProgress;
import io.tidemark.repository.Repository;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What must not be lost, and what must not be believed. */
class SafetyIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void sealingIsTakenUpAgainAfterTheCatalogWasKilledBehindTheManifest() throws Exception {
    String uri = POSTGRES.newDatabase();
    catalog = Catalog.on(uri, repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String id = web.request();
    BackupStarted started = web.start(web.accepted(id));
    web.plan(started);

    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table point in access exclusive mode");
      for (int shard = 0; shard < 3; shard++) {
        catalog.publish(web.extract(started, shard));
      }
      awaitManifest(id);
      // The transaction waits for the lock; killing its connection is the end of it.
      CompletableFuture<Void> stopping = catalog.stopping();
      Await.until(
          "the end of the catalog",
          () -> {
            killWhoWaits(statement);
            return Optional.of(stopping).filter(CompletableFuture::isDone);
          });
    }
    assertThat(catalog.all(RestorePointSealed.class)).isEmpty();
    catalog.start();

    catalog.await(RestorePointSealed.class, sealed -> sealed.backupId().equals(id));
    assertThat(web.read(id)).isEqualTo(web.content);
    assertThat(catalog.ended(id).getString("state")).isEqualTo("succeeded");
    assertThat(catalog.all(RestorePointSealed.class)).hasSize(1);
  }

  @Test
  void aFinishedBackupOutlivesARepositoryThatIsAwayForAWhileAndARestart() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    web.backUp();
    web.content[1]++;
    String id = completeWithoutRepository(web);
    assertThat(catalog.job(id).orElseThrow().getString("state")).isEqualTo("running");

    catalog.stop();
    catalog.start();
    awaitRepositoryState("alarm");
    Files.move(elsewhere(), repository());

    catalog.await(RestorePointSealed.class, sealed -> sealed.backupId().equals(id));
    assertThat(catalog.ended(id).getString("state")).isEqualTo("succeeded");
    assertThat(web.read(id)).isEqualTo(web.content);
    assertThat(catalog.all(BackupFailed.class)).isEmpty();
  }

  @Test
  void aFinishedBackupDoesNotWaitForARepositoryForEver() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository(), Duration.ofSeconds(2)).start();
    Host web = new Host(catalog, UUID, "web").seen();
    web.backUp();
    web.content[1]++;

    String id = completeWithoutRepository(web);

    assertThat(catalog.await(BackupFailed.class, failed -> failed.backupId().equals(id)).reason())
        .contains("The restore point of VM 'web' could not be written", repository().toString());
  }

  /** All of a backup is in when the repository goes away; returns its id. */
  private String completeWithoutRepository(Host web) throws Exception {
    String id = web.request();
    BackupStarted started = web.start(web.accepted(id));
    web.plan(started);
    catalog.publish(web.extract(started, 0));
    catalog.publish(web.extract(started, 1));
    ShardExtracted last = web.extract(started, 2);
    Files.move(repository(), elsewhere());
    catalog.publish(last);
    Await.until(
        "all data to be in",
        () -> catalog.job(id).filter(job -> "sealing".equals(job.getString("stage"))));
    awaitRepositoryState("alarm");
    return id;
  }

  private Path elsewhere() {
    return directory.resolve("elsewhere");
  }

  @Test
  void aLostDatabaseIsRebuiltFromTheRepositoryAndTheInventory() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String first = web.backUp();
    web.content[1]++;
    String second = web.backUp();
    JsonArray points = catalog.json("/api/v1/points").getJsonArray("points");
    JsonObject vm = catalog.json("/api/v1/vms/web");
    catalog.stop();

    catalog = catalog.withDatabase(POSTGRES.newDatabase()).start();

    assertThat(catalog.json("/api/v1/points").getJsonArray("points")).isEqualTo(points);
    assertThat(catalog.json("/api/v1/vms/web")).isEqualTo(vm);
    Host after = new Host(catalog, UUID, "web");
    assertThat(after.accepted(after.request()).parent().orElseThrow().pointId())
        .isEqualTo(second)
        .isNotEqualTo(first);
  }

  @Test
  void aRebuildTakesUpOnlyWhatIsLacking() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    web.backUp();

    JsonObject again = new JsonObject(catalog.post("/api/v1/catalog/rebuild", "").body());

    assertThat(again.getInteger("points")).isEqualTo(1);
    assertThat(again.getInteger("imported")).isZero();
  }

  @Test
  void aVanishedRepositoryRaisesAnAlarmAndChangesNothing() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String point = web.backUp();
    Files.move(repository(), directory.resolve("elsewhere"));
    Files.createDirectory(repository());

    awaitRepositoryState("alarm");
    var refused = catalog.post("/api/v1/backups", "{\"vm\":\"web\"}");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(refused.body()).getString("detail"))
        .contains("No backup can be made", "has deleted nothing", "mounted");
    assertThat(catalog.json("/api/v1/points/" + point).getString("state")).isEqualTo("sealed");
    assertThat(repository()).isEmptyDirectory();

    Files.delete(repository());
    Files.move(directory.resolve("elsewhere"), repository());
    awaitRepositoryState("ok");
    assertThat(catalog.post("/api/v1/backups", "{\"vm\":\"web\"}").statusCode()).isEqualTo(202);
  }

  @Test
  void aPointThatCouldNotBeForgottenIsForgottenWhenItIsAskedForAgain() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository(), lookingOnce()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String point = web.backUp();
    Files.move(repository(), elsewhere());
    var refused = catalog.delete("/api/v1/points/" + point);
    Files.move(elsewhere(), repository());

    var repeated = catalog.delete("/api/v1/points/" + point);

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
    assertThat(repeated.statusCode()).as(repeated.body()).isEqualTo(204);
    assertThat(repository().resolve("points/" + point + ".json")).doesNotExist();
    assertThat(catalog.json("/api/v1/points/" + point).getString("state")).isEqualTo("forgotten");
  }

  /** Not looking at the repository again after the start. */
  private static Timeouts lookingOnce() {
    Duration all = Duration.ofSeconds(20);
    Duration never = Duration.ofHours(1);
    Duration often = Duration.ofMillis(100);
    return new Timeouts(all, all, all, all, all, all, all, all, all, all, all, all, never, often);
  }

  @Test
  void whatWasBeingForgottenWhenTheRepositoryWentAwayIsForgottenWhenItIsBack() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String point = web.backUp();
    web.content[1]++;
    web.backUp();
    Files.move(repository(), elsewhere());
    awaitRepositoryState("alarm");
    assertThat(catalog.delete("/api/v1/points/" + point).statusCode()).isEqualTo(503);

    Files.move(elsewhere(), repository());

    Path manifest = repository().resolve("points/" + point + ".json");
    Await.until("the manifest to be removed", () -> Optional.of(manifest).filter(Files::notExists));
    assertThat(catalog.json("/api/v1/points/" + point).getString("state")).isEqualTo("forgotten");
  }

  @Test
  void aRepositoryOfAnotherVersionIsNamedAndNoBackupBegun() throws Exception {
    Repository.create(repository()).close();
    Path header;
    try (var files = Files.list(repository())) {
      header = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    Files.writeString(
        header, Files.readString(header).replaceFirst("(?i)(\"formatVersion\"\\s*:\\s*)1", "$199"));

    catalog = Catalog.on(POSTGRES.newDatabase(), repository()).start();
    Host web = new Host(catalog, UUID, "web").seen();

    JsonObject status = catalog.json("/api/v1/status").getJsonObject("repository");
    assertThat(status.getString("state")).isEqualTo("unknown-format");
    assertThat(status.getString("detail")).contains("99");
    assertThat(catalog.post("/api/v1/backups", "{\"vm\":\"web\"}").statusCode()).isEqualTo(503);
    assertThat(web.content).isNotEmpty();
  }

  @Test
  void aCheckpointerThatDoesNotAnswerIsNamed() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository(), Duration.ofSeconds(1)).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String id = web.request();
    var accepted = web.accepted(id);

    BackupFailed failed = catalog.await(BackupFailed.class, any -> true);
    web.start(accepted);

    assertThat(failed.reason())
        .contains("The checkpointer of hypervisor kvm1 did not start", "within 1 seconds");
    // Whoever started it too late is told again, so as to close the job.
    Await.until(
        "the second BackupFailed",
        () -> Optional.of(catalog.all(BackupFailed.class)).filter(all -> all.size() == 2));
  }

  @Test
  void extractorsThatFallSilentFailTheBackupButHeartbeatsKeepItAlive() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository(), Duration.ofSeconds(2)).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String id = web.request();
    BackupStarted started = web.start(web.accepted(id));
    web.plan(started);

    long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
    long done = 0;
    while (System.nanoTime() < end) {
      catalog.publish(
          new ShardProgress(id, JobKind.BACKUP, "vda", 0, "worker-1", done += 1000, Host.SIZE));
      Await.pause(Duration.ofMillis(250));
    }

    JsonObject alive = catalog.job(id).orElseThrow();
    assertThat(alive.getString("stage")).isEqualTo("extracting");
    assertThat(alive.getJsonObject("progress").getLong("doneBytes")).isPositive();
    assertThat(alive.getJsonObject("progress").getLong("totalBytes")).isEqualTo(Host.SIZE);
    assertThat(catalog.await(BackupFailed.class, any -> true).reason())
        .contains("No extractor reported progress on VM 'web'");
  }

  @Test
  void extractorsThatLiveButMoveNothingFailTheBackup() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), repository(), Duration.ofSeconds(2)).start();
    Host web = new Host(catalog, UUID, "web").seen();
    String id = web.request();
    web.plan(web.start(web.accepted(id)));

    String reason =
        Await.until(
            "the end of a backup whose worker hangs",
            () -> {
              catalog.publish(
                  new ShardProgress(id, JobKind.BACKUP, "vda", 0, "worker-1", 1000, Host.SIZE));
              return catalog.job(id).flatMap(job -> Optional.ofNullable(job.getString("reason")));
            });

    assertThat(reason).contains("only said that they live for 2 seconds");
  }

  private static void killWhoWaits(Statement statement) {
    try {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where wait_event_type = 'Lock' and datname = current_database()");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private Path repository() {
    return directory.resolve("repository");
  }

  private void awaitManifest(String id) throws InterruptedException {
    Await.until(
        "the manifest",
        () -> {
          try (Repository repository = catalog.repository()) {
            return Optional.of(id).filter(repository::hasPoint);
          }
        });
  }

  private void awaitRepositoryState(String state) throws InterruptedException {
    Await.until(
        "the repository to be " + state,
        () ->
            Optional.of(
                    catalog.json("/api/v1/status").getJsonObject("repository").getString("state"))
                .filter(state::equals));
  }
}
