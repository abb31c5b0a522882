package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.DiskConversion;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HTTP API as others see it. */
class ApiIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;

  @BeforeEach
  void start() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), directory.resolve("repository")).start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void theStatusNamesEveryPart() throws Exception {
    new Host(catalog, UUID, "web").seen();

    JsonObject status = catalog.json("/api/v1/status");

    assertThat(status.getString("kafka")).isEqualTo("up");
    assertThat(status.getString("postgres")).isEqualTo("up");
    assertThat(status.getJsonObject("repository").getString("state")).isEqualTo("ok");
    assertThat(status.getJsonArray("hypervisors")).containsExactly(Host.NAME);
    assertThat(catalog.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aVmIsShownWithItsDisksUnderItsNameAndItsUuid() throws Exception {
    new Host(catalog, UUID, "web").seen();

    JsonObject vm = catalog.json("/api/v1/vms/web");

    assertThat(vm).isEqualTo(catalog.json("/api/v1/vms/" + UUID));
    assertThat(vm.getString("state")).isEqualTo("running");
    assertThat(vm.getValue("lastPoint")).isNull();
    JsonObject disk = vm.getJsonArray("disks").getJsonObject(0);
    assertThat(disk.fieldNames())
        .containsExactly(
            "format", "reason", "source", "target", "sizeBytes", "protection", "metadataImage");
    assertThat(disk.getString("protection")).isEqualTo("protected");
    assertThat(catalog.json("/api/v1/vms").getJsonArray("vms")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/api/v1/backups       | {                                   | 400 | is not JSON",
        "/api/v1/backups       | []                                  | 400 | JSON object",
        "/api/v1/backups       | {}                                  | 400 | 'vm' is missing",
        "/api/v1/backups       | {\"vm\":7}                          | 400 | has to be a text",
        "/api/v1/backups       | {\"vm\":\"web\",\"kind\":\"some\"}  | 400 | auto, full",
        "/api/v1/backups       | {\"vm\":\"web\",\"kynd\":\"full\"}  | 400 | no field 'kynd'",
        "/api/v1/backups       | {\"vm\":\"web\",\"disks\":[\"vdz\"]} | 422 | no disk 'vdz'",
        "/api/v1/backups       | {\"vm\":\"nosuch\"}                 | 404 | no VM 'nosuch'",
        "/api/v1/backups       | {\"vm\":\"'; drop table job; --\"}  | 404 | no VM ''; drop table",
        "/api/v1/conversions   | {\"vm\":\"nosuch\"}                 | 404 | no VM 'nosuch'",
        "/api/v1/restores      | {\"point\":\"feedfeed\",\"directory\":\"/x\"} | 404 | feedfeed",
        "/api/v1/verifications | {}                                  | 400 | either points",
        "/api/v1/nosuch        | {}                                  | 404 | nothing at POST",
      })
  void whatIsWrongWithARequestIsSaid(String path, String body, int status, String detail)
      throws Exception {
    new Host(catalog, UUID, "web").seen();

    HttpResponse<String> response = catalog.post(path, body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).contains(detail);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/vms/nosuch, 404",
    "/api/v1/vms/%3Cimg%20src=x%3E, 404",
    "/api/v1/points/abc, 404",
    "/api/v1/points?vm=nosuch, 404",
    "/api/v1/jobs/nosuch, 404",
    "/api/v1/jobs?state=sleeping, 400",
    "/api/v1/jobs/x?wait=soon, 400",
    "/nosuch.html, 404",
    "/../../etc/passwd, 404",
    "/%2e%2e/%2e%2e/etc/passwd, 404"
  })
  void whatIsNotThereIsAProblemToo(String path, int status) {
    HttpResponse<String> response = catalog.get(path);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(new JsonObject(response.body()).getString("detail")).isNotBlank();
  }

  @Test
  void otherPagesAndOtherFormatsAndHugeBodiesAreTurnedAway() {
    HttpRequest.Builder foreign =
        HttpRequest.newBuilder(catalog.uri("/api/v1/backups"))
            .header("Content-Type", "application/json")
            .header("Origin", "https://elsewhere.example")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    HttpRequest.Builder plain =
        HttpRequest.newBuilder(catalog.uri("/api/v1/backups"))
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));

    assertThat(catalog.send(foreign).statusCode()).isEqualTo(403);
    assertThat(catalog.send(plain).statusCode()).isEqualTo(415);
    assertThat(catalog.post("/api/v1/backups", " ".repeat(100_000)).statusCode()).isEqualTo(413);
    HttpResponse<String> deleted = catalog.delete("/api/v1/points");
    assertThat(deleted.statusCode()).isEqualTo(405);
    assertThat(deleted.headers().firstValue("Allow")).contains("GET");
    assertThat(deleted.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void thePageMayLoadNothingFromElsewhere() {
    HttpResponse<String> page = catalog.get("/");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<title>");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void aConversionIsPlannedAndApplied() throws Exception {
    new Host(catalog, UUID, "web").seen();
    HttpResponse<String> response =
        catalog.post("/api/v1/conversions", "{\"vm\":\"web\",\"mode\":\"apply\"}");
    String id = new JsonObject(response.body()).getString("id");
    assertThat(response.headers().firstValue("Location")).contains("/api/v1/jobs/" + id);
    assertThat(catalog.await(ConversionRequested.class, any -> true).domain()).isEqualTo(UUID);

    DiskConversion disk =
        new DiskConversion(
            "vda", "/dev/vg0/web", "/m.qcow2", 7, Optional.of("ab"), Optional.of("ab"));
    catalog.publish(
        new ConversionPlanned(
            id,
            Host.NAME,
            UUID,
            "web",
            ConversionMode.APPLY,
            List.of(disk),
            "-a\n+b",
            List.of("qemu-img create"),
            true));
    catalog.publish(new ConversionApplied(id, Host.NAME, UUID, "web", List.of(disk), true));

    JsonObject result = catalog.ended(id).getJsonObject("result");
    assertThat(result.getBoolean("restarted")).isTrue();
    assertThat(result.getString("xmlDiff")).isEqualTo("-a\n+b");
    assertThat(result.getJsonArray("commands")).containsExactly("qemu-img create");
    assertThat(result.getJsonArray("disks").getJsonObject(0).getString("sha256After"))
        .isEqualTo("ab");
  }

  @Test
  void liveEventsComeWithIdsAndCanBeResumed() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String point;
    String first;
    try (BufferedReader stream = stream("")) {
      point = web.backUp();
      first = lineAfter(stream, "event: BackupAccepted", "id: ");
      assertThat(lineAfter(stream, "event: RestorePointSealed", "")).contains(point);
      assertThat(lineAfter(stream, "event: job", "")).contains("\"type\":\"backup\"");
    }

    try (BufferedReader resumed = stream(first.substring("id: ".length()))) {
      assertThat(resumed.readLine()).startsWith("retry:");
      assertThat(lineAfter(resumed, "event: BackupStarted", "")).contains(point);
    }
  }

  private BufferedReader stream(String lastEventId) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(catalog.uri("/api/v1/events"));
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    var response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** The line that follows {@code line}; or, with a prefix, the last line before it so begun. */
  private static String lineAfter(BufferedReader stream, String line, String prefix)
      throws IOException {
    String found = "";
    String next = stream.readLine();
    while (next != null && !next.equals(line)) {
      if (!prefix.isEmpty() && next.startsWith(prefix)) {
        found = next;
      }
      next = stream.readLine();
    }
    return prefix.isEmpty() ? stream.readLine() : found;
  }
}
