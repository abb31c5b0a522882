package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.store.Database;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Verifications that are slow, interrupted, or only half thorough. */
class VerificationIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";
  private static final int MIB = 1 << 20;

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir private Path directory;
  private String database;
  private Catalog catalog;
  private String point;

  @BeforeEach
  void start() throws Exception {
    database = POSTGRES.newDatabase();
    startCatalog();
    Host web = new Host(catalog, UUID, "web").seen();
    point = web.backUp();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void aVerificationGoesOnAfterARestartFromWhereItWas() throws Exception {
    String id = begin("{\"all\":true,\"bytesPerSecond\":" + 8L * MIB + "}");
    Await.until(
        "the largest pack, or another, has been read",
        () -> Optional.of(doneBytes(id)).filter(bytes -> bytes >= 20L * MIB));

    catalog.close();

    assertThat(state(id)).get().extracting(state -> state.getString("lastPack")).isNotNull();
    startCatalog();
    JsonObject job = catalog.ended(id);
    assertThat(job.getString("state")).as(job.encode()).isEqualTo("succeeded");
    JsonObject result = job.getJsonObject("result");
    assertThat(result.getBoolean("ok")).isTrue();
    assertThat(result.getLong("checkedBytes")).isGreaterThanOrEqualTo(30L * MIB);
    assertThat(catalog.json("/api/v1/points/" + point).getString("verifiedAt")).isNotNull();
  }

  @Test
  void aQuickLookProvesNothingOfTheData() {
    JsonObject job = catalog.ended(begin("{\"all\":true,\"mode\":\"quick\"}"));

    assertThat(job.getJsonObject("result").getString("mode")).isEqualTo("quick");
    assertThat(job.getJsonObject("result").getLong("checkedBytes")).isLessThan(MIB);
    assertThat(catalog.json("/api/v1/points/" + point).getString("verifiedAt")).isNull();
  }

  private void startCatalog() throws Exception {
    catalog = Catalog.on(database, directory.resolve("repository"), Duration.ofSeconds(2)).start();
  }

  private String begin(String request) {
    var response = catalog.post("/api/v1/verifications", request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return new JsonObject(response.body()).getString("id");
  }

  private long doneBytes(String id) {
    return catalog.json("/api/v1/jobs/" + id).getJsonObject("progress").getLong("doneBytes");
  }

  private Optional<JsonObject> state(String id) {
    Vertx vertx = Vertx.vertx();
    try {
      return Database.connect(vertx, database)
          .one(
              "select state from verification where id = $1",
              Tuple.of(id),
              row -> row.getJsonObject("state"))
          .await();
    } finally {
      vertx.close().await();
    }
  }
}
