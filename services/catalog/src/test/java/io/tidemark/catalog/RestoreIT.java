package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.JobKind;
import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.RestoredFile;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardRestored;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Restores, forgetting and verification, with every event delivered twice. */
class RestoreIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;
  private Host web;
  private String point;

  @BeforeEach
  void start() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), directory.resolve("repository")).start();
    web = new Host(catalog, UUID, "web").seen();
    point = web.backUp();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void aRestoreGoesFromTheRequestToTheFilesInPlace() throws Exception {
    String id = request("{\"point\":\"" + point.substring(0, 8) + "\",\"directory\":\"/out\"}");
    RestoreAccepted accepted = catalog.await(RestoreAccepted.class, any -> true);
    assertThat(accepted.domainXmlPath()).contains("/out/web.xml");
    assertThat(accepted.disks()).hasSize(1);
    assertThat(accepted.disks().get(0).path()).isEqualTo("/out/web-vda.raw");

    catalog.publish(
        new RestoreTargetReady(
            id,
            Host.NAME,
            List.of(new RestoreTarget(accepted.disks().get(0), "nbd+unix:///x", true))));
    catalog.publish(new ShardRestored(id, "vda", 0, "worker-1", 1000, 24, 5, Host.CUT));
    catalog.publish(new RestoreShardsPlanned(id, Map.of("vda", 2), Host.CUT));
    catalog.publish(new ShardRestored(id, "vda", 1, "worker-2", 2000, 0, 5, Host.CUT));
    catalog.await(RestoreDataWritten.class, written -> written.restoreId().equals(id));
    catalog.publish(
        new RestoreCompleted(
            id, List.of(new RestoredFile(Optional.of("vda"), "/out/web-vda.raw", Host.SIZE))));

    JsonObject job = catalog.ended(id);
    assertThat(job.getString("state")).isEqualTo("succeeded");
    assertThat(job.getString("vm")).isEqualTo("web");
    assertThat(job.getJsonObject("result").getJsonArray("files").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("target", "vda")
                .put("path", "/out/web-vda.raw")
                .put("sizeBytes", Host.SIZE));
    assertThat(catalog.all(RestoreDataWritten.class)).hasSize(1);
  }

  @Test
  void aShardThatWasCutOtherwiseDoesNotCompleteARestore() throws Exception {
    String id = request("{\"point\":\"" + point + "\",\"directory\":\"/out\"}");
    RestoreAccepted accepted = catalog.await(RestoreAccepted.class, any -> true);
    catalog.publish(
        new RestoreTargetReady(
            id,
            Host.NAME,
            List.of(new RestoreTarget(accepted.disks().get(0), "nbd+unix:///x", true))));
    catalog.publish(
        new ShardRestored(id, "vda", 0, "worker-1", 1000, 0, 5, Optional.of("another")));
    catalog.publish(new RestoreShardsPlanned(id, Map.of("vda", 2), Host.CUT));
    catalog.publish(new ShardRestored(id, "vda", 1, "worker-2", 2000, 0, 5, Host.CUT));
    // Taken in after those, and in order with them.
    catalog.publish(new ShardFailed(id, JobKind.RESTORE, "vda", 0, "w", "The target is gone."));

    assertThat(catalog.ended(id).getString("reason")).isEqualTo("The target is gone.");
    assertThat(catalog.all(RestoreDataWritten.class)).isEmpty();
  }

  @Test
  void aFailedShardFailsTheRestoreAndTheHostIsTold() throws Exception {
    String id = request("{\"point\":\"" + point + "\",\"disks\":{\"vda\":\"/dev/vg0/new\"}}");

    catalog.publish(new ShardFailed(id, JobKind.RESTORE, "vda", 0, "w", "A pack is damaged."));

    RestoreFailed failed = catalog.await(RestoreFailed.class, any -> true);
    assertThat(failed.hypervisor()).contains(Host.NAME);
    assertThat(catalog.ended(id).getString("reason")).isEqualTo("A pack is damaged.");
  }

  @Test
  void senselessRestoresAreRefused() {
    assertThat(refused("{\"point\":\"" + point + "\"}")).contains("either a directory or a path");
    assertThat(refused("{\"point\":\"" + point + "\",\"directory\":\"out\"}"))
        .contains("absolute path");
    assertThat(refused("{\"point\":\"" + point + "\",\"disks\":{\"vdz\":\"/x\"}}"))
        .contains("has no disk 'vdz'");
    assertThat(refused("{\"point\":\"feedfeed\",\"directory\":\"/out\"}"))
        .contains("There is no restore point 'feedfeed'");
  }

  @Test
  void aPointThatIsNeededIsNotForgottenAndOneThatIsNotIs() throws Exception {
    web.content[9]++;
    String second = web.request();
    web.start(web.accepted(second));

    assertThat(catalog.delete("/api/v1/points/" + point).statusCode()).isEqualTo(409);
    web.close(second, io.tidemark.events.JobOutcome.LOST, "");
    catalog.ended(second);

    assertThat(catalog.delete("/api/v1/points/" + point).statusCode()).isEqualTo(204);
    assertThat(catalog.json("/api/v1/points").getJsonArray("points")).isEmpty();
    assertThat(catalog.json("/api/v1/points/" + point).getString("state")).isEqualTo("forgotten");
    assertThat(catalog.delete("/api/v1/points/" + point).statusCode()).isEqualTo(404);
    try (var repository = catalog.repository()) {
      assertThat(repository.pointIds()).isEmpty();
    }
    assertThat(web.accepted(web.request()).parent()).isEmpty();
  }

  @Test
  void verificationFindsDamageAndNothingIsBuiltOnItAnyMore() throws Exception {
    assertThat(verify().getJsonObject("result").getBoolean("ok")).isTrue();
    damageAPack();

    JsonObject result = verify().getJsonObject("result");

    assertThat(result.getBoolean("ok")).isFalse();
    assertThat(result.getJsonArray("damaged").getJsonObject(0).getJsonArray("points"))
        .containsExactly(point);
    JsonObject damaged = catalog.json("/api/v1/points/" + point);
    assertThat(damaged.getString("state")).isEqualTo("damaged");
    assertThat(damaged.getJsonArray("damage").getJsonObject(0).getString("target"))
        .isEqualTo("vda");
    assertThat(refused("{\"point\":\"" + point + "\",\"directory\":\"/out\"}"))
        .contains("is damaged");
    assertThat(web.accepted(web.request()).parent()).isEmpty();
  }

  @Test
  void theNextBackupMendsWhatItHasStoredAgain() throws Exception {
    damageAPack();
    assertThat(verify().getJsonObject("result").getBoolean("ok")).isFalse();

    web.backUp();

    Await.until(
        "the point is whole again",
        () ->
            Optional.of(catalog.json("/api/v1/points/" + point))
                .filter(shown -> shown.getString("state").equals("sealed")));
    assertThat(verify().getJsonObject("result").getBoolean("ok")).isTrue();
  }

  private JsonObject verify() {
    var response = catalog.post("/api/v1/verifications", "{\"all\":true}");
    assertThat(response.statusCode()).isEqualTo(202);
    JsonObject job = catalog.ended(new JsonObject(response.body()).getString("id"));
    assertThat(job.getString("state")).as(job.encode()).isEqualTo("succeeded");
    return job;
  }

  /** In the middle of blocks: the largest is no pack of trees. */
  private void damageAPack() throws Exception {
    try (var files = java.nio.file.Files.walk(directory.resolve("repository"))) {
      Path pack =
          files
              .filter(file -> file.toString().endsWith(".pack"))
              .max(Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
      byte[] bytes = java.nio.file.Files.readAllBytes(pack);
      bytes[bytes.length / 3] ^= 0x55;
      java.nio.file.Files.write(pack, bytes);
    }
  }

  private String request(String body) {
    var response = catalog.post("/api/v1/restores", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return new JsonObject(response.body()).getString("id");
  }

  private String refused(String body) {
    var response = catalog.post("/api/v1/restores", body);
    assertThat(response.statusCode()).isBetween(400, 499);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    return new JsonObject(response.body()).getString("detail");
  }
}
