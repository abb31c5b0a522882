package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.DiskDescription;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Protection;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists in pages, and what the console shows beside them. */
class ListsIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;

  @BeforeEach
  void start() throws Exception {
    catalog =
        Catalog.on(
                POSTGRES.newDatabase(),
                directory.resolve("repository"),
                ApiConfig.defaults()
                    .onHypervisorItself()
                    .withRestoreRoots(List.of(directory.resolve("restores"))))
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void everyVmIsOnOnePageHoweverSmallThePagesAre() throws Exception {
    for (int i = 0; i < 7; i++) {
      new Host(catalog, "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b1" + i, i < 3 ? "same" : "vm" + i)
          .seen();
    }

    List<String> uuids = pages("/api/v1/vms?limit=2", "vms", "uuid");

    assertThat(uuids).hasSize(7).doesNotHaveDuplicates();
    assertThat(pages("/api/v1/vms?limit=3&q=VM", "vms", "uuid")).hasSize(4);
    assertThat(pages("/api/v1/vms?protection=unprotected", "vms", "uuid")).hasSize(7);
    assertThat(pages("/api/v1/vms?protection=protected", "vms", "uuid")).isEmpty();
  }

  @Test
  void pointsAndJobsAreFoundByWhatTheyAre() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String first = web.backUp();
    web.content[0]++;
    String second = web.backUp();
    String instant = catalog.json("/api/v1/points/" + second).getString("createdAt");

    assertThat(pages("/api/v1/points?vm=web&limit=1", "points", "id"))
        .containsExactly(second, first);
    assertThat(pages("/api/v1/points?kind=full", "points", "id")).containsExactly(first);
    assertThat(pages("/api/v1/points?state=damaged", "points", "id")).isEmpty();
    assertThat(pages("/api/v1/points?from=" + instant, "points", "id")).containsExactly(second);
    assertThat(pages("/api/v1/points?to=" + instant, "points", "id")).containsExactly(first);
    assertThat(pages("/api/v1/jobs?type=backup&state=succeeded&limit=1", "jobs", "id"))
        .containsExactly(second, first);
    assertThat(pages("/api/v1/jobs?vm=" + UUID, "jobs", "id")).hasSize(2);
    assertThat(pages("/api/v1/jobs?vm=nosuch", "jobs", "id")).isEmpty();
    assertThat(catalog.get("/api/v1/vms?cursor=bm9wZQ").statusCode()).isEqualTo(400);
    assertThat(catalog.get("/api/v1/vms?colour=red").body()).contains("no parameter 'colour'");
  }

  @Test
  void theOverviewAddsUpWhatThereIs() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    new Host(catalog, UUID.replace("4f", "5f"), "db").seen();
    String first = web.backUp();
    web.content[0]++;
    web.backUp();

    JsonObject before = catalog.json("/api/v1/overview");
    catalog.delete("/api/v1/points/" + first);
    JsonObject after = catalog.json("/api/v1/overview");

    JsonObject protection = before.getJsonObject("protection");
    assertThat(protection.getInteger("protected")).isEqualTo(1);
    assertThat(protection.getInteger("atRisk")).isZero();
    assertThat(protection.getInteger("unprotected")).isEqualTo(1);
    JsonObject repository = before.getJsonObject("repository");
    assertThat(repository.getLong("points")).isEqualTo(2);
    assertThat(repository.getLong("logicalBytes")).isEqualTo(2L * Host.SIZE);
    assertThat(repository.getLong("storedBytes")).isBetween(1L, (long) Host.SIZE);
    assertThat(before.getJsonArray("days")).hasSize(30);
    assertThat(before.getJsonArray("days").getJsonObject(29).getInteger("points")).isEqualTo(2);
    assertThat(after.getJsonObject("repository").getLong("points")).isEqualTo(1);
    assertThat(after.getJsonObject("repository").getLong("logicalBytes")).isEqualTo(Host.SIZE);
    assertThat(after.getJsonArray("days")).isEqualTo(before.getJsonArray("days"));
  }

  @Test
  void aFailureIsShownWithItsRemedy() throws Exception {
    new Host(catalog, UUID, "web").seen();
    String id = new Host(catalog, UUID, "web").request();
    catalog.publish(
        new io.tidemark.events.BackupJobEnded(
            id,
            Host.NAME,
            UUID,
            io.tidemark.events.JobOutcome.ABORTED,
            List.of(),
            List.of(),
            "VM 'web' is paused because its disk is full. Make room, then resume it."));
    catalog.ended(id);

    JsonObject failure = catalog.json("/api/v1/overview").getJsonArray("failures").getJsonObject(0);

    assertThat(failure.getString("job")).isEqualTo(id);
    assertThat(failure.getString("reason")).contains("paused because its disk is full");
    assertThat(failure.getString("remedy")).contains("Make room");
  }

  @Test
  void theRegionsOfADiskThatChangedAreThoseThatWereWritten() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String full = web.backUp();
    web.content[0]++;
    web.content[33 << 20]++;
    web.content[(33 << 20) + 65536]++;
    String incremental = web.backUp();

    JsonObject whole = catalog.json("/api/v1/points/" + full + "/changes?target=vda&buckets=4");
    JsonObject some =
        catalog.json("/api/v1/points/" + incremental + "/changes?target=vda&buckets=41");

    JsonArray buckets = some.getJsonArray("changedBytes");
    assertThat(some.getInteger("bucketBytes")).isEqualTo(1 << 20);
    assertThat(some.getString("parent")).isEqualTo(full);
    assertThat(some.getBoolean("exact")).isTrue();
    assertThat(nonZero(buckets)).containsExactly(0, 33);
    assertThat(buckets.getLong(0)).isEqualTo(65536);
    assertThat(buckets.getLong(33)).isEqualTo(131072);
    // Ten of forty MiB are zero.
    long sum =
        whole.getJsonArray("changedBytes").stream().mapToLong(v -> ((Number) v).longValue()).sum();
    assertThat(sum).isEqualTo(Host.SIZE - (10 << 20));
    assertThat(catalog.get("/api/v1/points/" + full + "/changes?target=vdz").statusCode())
        .isEqualTo(404);
  }

  private static List<Integer> nonZero(JsonArray buckets) {
    return IntStream.range(0, buckets.size()).filter(i -> buckets.getLong(i) > 0).boxed().toList();
  }

  @Test
  void whatARestoreWouldOverwriteIsSaidBefore() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String point = web.backUp();
    Path roots = Files.createDirectories(directory.resolve("restores"));
    Path there = Files.writeString(roots.resolve("there.raw"), "content");
    Files.createSymbolicLink(roots.resolve("escape"), directory);

    JsonObject fresh = check(point, "\"directory\":\"" + roots.resolve("new") + "\"");
    JsonObject refused = check(point, "\"disks\":{\"vda\":\"" + there + "\"}");
    JsonObject over = check(point, "\"disks\":{\"vda\":\"" + there + "\"},\"overwrite\":true");
    JsonObject used = check(point, "\"disks\":{\"vda\":\"" + roots + "/escape/x.raw\"}");

    assertThat(fresh.getBoolean("allowed")).isTrue();
    assertThat(fresh.getString("confirm")).isEqualTo("web");
    assertThat(target(fresh).getString("action")).isEqualTo("create");
    assertThat(refused.getBoolean("allowed")).isFalse();
    assertThat(target(refused).getString("reason")).contains("exists");
    assertThat(target(over).getString("action")).isEqualTo("overwrite");
    assertThat(target(over).getInteger("existingBytes")).isEqualTo(7);
    assertThat(target(used).getString("action")).isEqualTo("refuse");
    assertThat(target(used).getString("reason")).contains("--restore-root");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/etc/passwd", "ROOT/../outside", "ROOT", "/", "ROOT/x/../../../etc/shadow"})
  void nothingIsRestoredOutsideOfTheRoots(String path) throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String point = web.backUp();
    String target = path.replace("ROOT", directory.resolve("restores").toString());

    HttpResponse<String> response =
        catalog.post(
            "/api/v1/restores",
            new JsonObject()
                .put("point", point)
                .put("disks", new JsonObject().put("vda", target))
                .encode());

    assertThat(response.statusCode()).as(response.body()).isEqualTo(422);
    assertThat(response.body()).contains("--restore-root");
  }

  private JsonObject check(String point, String rest) {
    HttpResponse<String> response =
        catalog.post("/api/v1/restores/check", "{\"point\":\"" + point + "\"," + rest + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  private static JsonObject target(JsonObject check) {
    return check.getJsonArray("targets").getJsonObject(0);
  }

  @Test
  void settingsAreChangedOnlyByWhoHasSeenThem() {
    HttpResponse<String> seen = catalog.get("/api/v1/settings");
    String etag = seen.headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> changed =
        catalog.put("/api/v1/settings", etag, "{\"atRiskAfterHours\":7}");
    HttpResponse<String> again = catalog.put("/api/v1/settings", etag, "{\"atRiskAfterHours\":8}");

    assertThat(new JsonObject(changed.body()).getInteger("atRiskAfterHours")).isEqualTo(7);
    assertThat(changed.headers().firstValue("ETag")).isPresent().isNotEqualTo(Optional.of(etag));
    assertThat(again.statusCode()).isEqualTo(412);
    HttpRequest.Builder blind =
        HttpRequest.newBuilder(catalog.uri("/api/v1/settings"))
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"atRiskAfterHours\":9}"));
    assertThat(catalog.send(blind).statusCode()).isEqualTo(428);
  }

  @Test
  void aRequestThatIsSentAgainBeginsNothingNew() throws Exception {
    new Host(catalog, UUID, "web").seen();

    HttpResponse<String> first = keyed("a-key", "{\"vm\":\"web\"}");
    HttpResponse<String> again = keyed("a-key", "{\"vm\":\"web\"}");
    HttpResponse<String> another = keyed("a-key", "{\"vm\":\"web\",\"kind\":\"full\"}");
    HttpResponse<String> failed = keyed("b-key", "{\"vm\":\"nosuch\"}");

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.headers().firstValue("Location"))
        .isEqualTo(first.headers().firstValue("Location"));
    assertThat(another.statusCode()).isEqualTo(422);
    assertThat(failed.statusCode()).isEqualTo(404);
    assertThat(catalog.all(BackupAccepted.class)).hasSize(1);
  }

  private HttpResponse<String> keyed(String key, String body) {
    return catalog.send(
        HttpRequest.newBuilder(catalog.uri("/api/v1/backups"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void liveEventsCanBeOfOneVmOrOneJobOnly() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    Host db = new Host(catalog, UUID.replace("4f", "5f"), "db").seen();
    try (BufferedReader ofVm = stream("?vm=web");
        BufferedReader sealed = stream("?type=RestorePointSealed")) {
      String other = db.backUp();
      String own = web.backUp();

      List<String> seen = new ArrayList<>();
      String line = ofVm.readLine();
      while (!line.contains("BackupJobEnded")) {
        seen.add(line);
        line = ofVm.readLine();
      }
      assertThat(seen).anyMatch(text -> text.contains(own)).noneMatch(text -> text.contains(other));
      String first = sealed.readLine();
      while (!first.startsWith("event:")) {
        first = sealed.readLine();
      }
      assertThat(first).isEqualTo("event: RestorePointSealed");
      assertThat(pages("/api/v1/events/log?limit=3&job=" + own, "events", "job"))
          .hasSizeGreaterThan(6)
          .containsOnly(own);
      assertThat(pages("/api/v1/events/log?type=BackupAccepted", "events", "job"))
          .containsExactly(own, other);
    }
  }

  private BufferedReader stream(String query) throws IOException, InterruptedException {
    var response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(catalog.uri("/api/v1/events" + query)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<img src=x onerror=alert(1)>",
        "'; drop table point; --",
        "\" onmouseover=\"alert(1)",
        "🐘 ünïcödé \u202e",
        "../../etc",
        "%00%2e%2e",
        "{\"a\":1}",
        "LONG"
      })
  void anyNameOfAVmIsHarmless(String written) throws Exception {
    String name = written.equals("LONG") ? "x".repeat(255) : written;
    DiskDescription disk =
        new DiskDescription(
            "vda", "/dev/vg0/d", "raw", 1, Protection.CONVERTIBLE, name, Optional.empty());
    catalog.publish(
        new DomainSeen(
            Host.NAME, new DomainDescription(UUID, name, DomainState.RUNNING, List.of(disk))));
    Await.until(
        "the VM",
        () -> Optional.of(catalog.get("/api/v1/vms/" + UUID)).filter(r -> r.statusCode() == 200));
    String segment = java.net.URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");

    HttpResponse<String> found = catalog.get("/api/v1/vms/" + segment);
    HttpResponse<String> listed = catalog.get("/api/v1/vms?q=" + segment);
    HttpResponse<String> job =
        catalog.post("/api/v1/backups", new JsonObject().put("vm", name).encode());

    assertThat(new JsonObject(found.body()).getString("name")).isEqualTo(name);
    assertThat(listed.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(new JsonObject(listed.body()).getJsonArray("vms")).hasSize(1);
    assertThat(job.statusCode()).isEqualTo(202);
    assertThat(pages("/api/v1/jobs?vm=" + segment, "jobs", "vm")).containsExactly(name);
    assertThat(catalog.get("/api/v1/points").statusCode()).isEqualTo(200);
  }

  @Test
  void aVmThatHasMovedIsNotGoneBecauseItsOldHypervisorLacksIt() throws Exception {
    new Host(catalog, UUID, "web").seen();
    Instant moved = Instant.now().plusSeconds(1);
    DomainDescription web = new DomainDescription(UUID, "web", DomainState.RUNNING, List.of());
    told(moved, new DomainSeen("kvm2", web));
    told(moved.plusSeconds(1), new DomainGone(Host.NAME, UUID, "web"));
    told(moved.plusSeconds(1), new DomainSeen("kvm2", another("last")));
    awaitVm("last");

    assertThat(catalog.json("/api/v1/vms/" + UUID).getString("state")).isEqualTo("running");

    told(moved.plusSeconds(2), new DomainGone("kvm2", UUID, "web"));
    told(moved.plusSeconds(2), new DomainSeen("kvm2", another("later")));
    awaitVm("later");
    assertThat(catalog.json("/api/v1/vms/" + UUID).getString("state")).isEqualTo("gone");
  }

  private static DomainDescription another(String name) {
    String uuid =
        java.util.UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    return new DomainDescription(uuid, name, DomainState.RUNNING, List.of());
  }

  private void told(Instant when, Event event) {
    catalog.publish(
        new EventEnvelope<>(java.util.UUID.randomUUID().toString(), "/elsewhere", when, event));
  }

  private void awaitVm(String name) throws InterruptedException {
    Await.until(
        "the VM " + name,
        () -> Optional.of(catalog.get("/api/v1/vms/" + name)).filter(r -> r.statusCode() == 200));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from=2026-02-31T00:00:00Z",
        "from=2026-02-28T23:59:60Z",
        "to=2026-13-01T00:00:00Z",
        "to=2026-01-01T00:00:00%2B99:00"
      })
  void aTimeThatThereIsNotIsTheClientsMistake(String query) {
    assertThat(catalog.get("/api/v1/points?" + query).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"2026-01-01T00:00:00Z\",\"a\\u0000b\"]",
        "[\"+999999999-12-31T23:59:59Z\",\"a\"]",
        "[\"2026-02-31T00:00:00Z\",\"a\"]"
      })
  void aCursorThatWasMadeUpIsTheClientsMistake(String values) {
    String cursor =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(values.getBytes(StandardCharsets.UTF_8));

    assertThat(catalog.get("/api/v1/points?cursor=" + cursor).statusCode()).isEqualTo(400);
  }

  @Test
  void aNulIsRefusedAndNotATroubleOfTheDatabase() {
    assertThat(catalog.get("/api/v1/vms/a%00b").statusCode()).isEqualTo(400);
    assertThat(catalog.get("/api/v1/vms?q=a%00b").statusCode()).isEqualTo(400);
    assertThat(catalog.post("/api/v1/backups", "{\"vm\":\"a\\u0000b\"}").statusCode())
        .isEqualTo(400);
  }

  private List<String> pages(String path, String items, String field) {
    List<String> all = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      JsonObject page =
          catalog.json(
              path + cursor.map(c -> (path.contains("?") ? "&" : "?") + "cursor=" + c).orElse(""));
      page.getJsonArray(items).forEach(item -> all.add(((JsonObject) item).getString(field)));
      cursor = Optional.ofNullable(page.getString("next"));
    } while (cursor.isPresent());
    return all;
  }
}
