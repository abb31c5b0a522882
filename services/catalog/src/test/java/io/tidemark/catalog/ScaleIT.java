package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.store.Cursor;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every list and view of the console on a big catalog. How big is said by {@code
 * tidemark.scale.vms} and {@code tidemark.scale.points}, which is for each VM; {@code
 * tidemark.scale.percentile} says how many percent of the requests must be answered in time.
 */
class ScaleIT {
  private static final int VMS = Integer.getInteger("tidemark.scale.vms", 100);
  private static final int POINTS = Integer.getInteger("tidemark.scale.points", 50);
  private static final int PERCENTILE = Integer.getInteger("tidemark.scale.percentile", 50);
  private static final int REQUESTS = Integer.getInteger("tidemark.scale.requests", 20);
  private static final int WARM_UP = Math.min(100, REQUESTS);

  /** So many percent of the rows are places to begin a page at. */
  private static final double SAMPLE = Math.min(100, 1_000_000.0 / (VMS * POINTS));

  /** Beside other tests on a busy machine, only what grows with the number of points is shown. */
  private static final double LIMIT_MILLIS = PERCENTILE < 99 ? 1000 : 50;

  @RegisterExtension
  static final PostgresExtension POSTGRES = new PostgresExtension(ScaleData.SERVER);

  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random(5);
  private final Latencies latencies = new Latencies();
  private Catalog catalog;

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void everyListAnswersInTimeHoweverMuchThereIs() throws Exception {
    String uri = POSTGRES.newDatabase();
    long begin = System.nanoTime();
    new ScaleData(POSTGRES.dataSource(uri), VMS, POINTS).fill();
    System.out.printf("filled in %d s%n", (System.nanoTime() - begin) / 1_000_000_000);
    catalog = Catalog.on(uri, directory.resolve("repository"), Timeouts.defaults()).start();

    try {
      follow();
      overview();
      vms();
      points(uri);
      jobs(uri);
      events(uri);
      configuration(uri);
    } finally {
      System.out.println(
          VMS + " VMs with " + POINTS + " restore points each\n" + latencies.table());
    }
    assertThat(latencies.slower(PERCENTILE, LIMIT_MILLIS)).isEmpty();
    assertThat(catalog.json("/api/v1/overview").getJsonObject("repository").getLong("points"))
        .isPositive();
  }

  /** Somebody looks at the jobs all the while. */
  private void follow() {
    CompletableFuture<HttpResponse<Void>> unused =
        http.sendAsync(
            HttpRequest.newBuilder(catalog.uri("/api/v1/events")).build(),
            HttpResponse.BodyHandlers.discarding());
  }

  private void overview() {
    measure("status", () -> "/status");
    measure("overview", () -> "/overview");
  }

  private void vms() {
    measure("VMs", () -> "/vms?limit=100");
    measure("VMs, deep in", () -> "/vms?limit=100&cursor=" + Cursor.of(false, name(vm()), ""));
    measure("VMs, searched", () -> "/vms?limit=100&q=" + pick("WEB-0", "0042", "b-00", "1"));
    measure("VMs, searched in vain", () -> "/vms?limit=100&q=nothing" + vm());
    for (String protection : List.of("protected", "at-risk", "unprotected")) {
      measure("VMs " + protection, () -> "/vms?limit=100&protection=" + protection);
    }
    measure("VMs protected, searched", () -> "/vms?limit=100&protection=protected&q=7");
    measure("VM by id, with its chain", () -> "/vms/" + uuid(vm()));
    measure("VM by name, with its chain", () -> "/vms/" + name(vm()));
  }

  private void points(String uri) throws SQLException {
    List<String> deep = cursors(uri, "point", "created_at");
    measure("points", () -> "/points?limit=100");
    measure("points, deep in", () -> "/points?limit=100&cursor=" + any(deep));
    for (String filter :
        List.of(
            "kind=full",
            "kind=incremental",
            "state=damaged",
            "state=sealed",
            "kind=full&state=damaged")) {
      measure("points " + filter, () -> "/points?limit=100&" + filter);
      measure(
          "points " + filter + ", deep in",
          () -> "/points?limit=100&" + filter + "&cursor=" + any(deep));
    }
    measure("points of some days", () -> "/points?limit=100&" + days());
    measure("points of a VM", () -> "/points?limit=100&vm=" + uuid(vm()));
    measure(
        "points of a VM, deep in",
        () -> "/points?limit=100&vm=" + uuid(vm()) + "&cursor=" + any(deep));
    for (String filter : List.of("kind=full", "state=damaged", "state=forgotten")) {
      measure(
          "points of a VM " + filter, () -> "/points?limit=100&vm=" + name(vm()) + "&" + filter);
    }
    measure(
        "points of a VM and some days", () -> "/points?limit=100&vm=" + uuid(vm()) + "&" + days());
    measure("point", () -> "/points/" + point());
    measure("point by the begin of its id", () -> "/points/" + point().substring(0, 13));
  }

  private void jobs(String uri) throws SQLException {
    List<String> deep = cursors(uri, "job", "created_at");
    measure("jobs", () -> "/jobs?limit=50");
    measure("jobs, deep in", () -> "/jobs?limit=50&cursor=" + any(deep));
    for (String state : List.of("queued", "running", "succeeded", "failed")) {
      measure("jobs " + state, () -> "/jobs?limit=50&state=" + state);
      measure(
          "jobs " + state + ", deep in",
          () -> "/jobs?limit=50&state=" + state + "&cursor=" + any(deep));
      measure("jobs of a type " + state, () -> "/jobs?limit=50&state=" + state + "&type=" + type());
    }
    measure("jobs of a type", () -> "/jobs?limit=50&type=" + type());
    measure(
        "jobs of a type, deep in", () -> "/jobs?limit=50&type=" + type() + "&cursor=" + any(deep));
    measure("jobs of a VM", () -> "/jobs?limit=50&vm=" + uuid(vm()));
    measure("jobs of a VM failed", () -> "/jobs?limit=50&state=failed&vm=" + name(vm()));
    measure("jobs of a VM of a type", () -> "/jobs?limit=50&vm=" + uuid(vm()) + "&type=" + type());
    measure("jobs of a VM that never was", () -> "/jobs?limit=50&vm=nothing" + vm());
    measure("job", () -> "/jobs/" + point());
  }

  private void events(String uri) throws SQLException {
    List<String> deep = cursors(uri, "event_log", null);
    measure("events", () -> "/events/log?limit=100");
    measure("events, deep in", () -> "/events/log?limit=100&cursor=" + any(deep));
    measure("events of a type", () -> "/events/log?limit=100&type=" + eventType());
    measure(
        "events of a type, deep in",
        () -> "/events/log?limit=100&type=" + eventType() + "&cursor=" + any(deep));
    measure("events of a VM", () -> "/events/log?limit=100&vm=" + uuid(vm()));
    measure(
        "events of a VM, deep in",
        () -> "/events/log?limit=100&vm=" + uuid(vm()) + "&cursor=" + any(deep));
    measure(
        "events of a VM of a type",
        () -> "/events/log?limit=100&vm=" + name(vm()) + "&type=" + eventType());
    measure("events of a job", () -> "/events/log?limit=100&job=" + point());
    measure("events of a type that never was", () -> "/events/log?limit=100&type=RestoreFailed");
  }

  private void configuration(String uri) throws SQLException {
    List<String> deep = cursors(uri, "audit", null);
    measure("settings", () -> "/settings");
    measure("users", () -> "/users?limit=200");
    measure("tokens", () -> "/tokens?limit=200");
    measure("webhooks", () -> "/webhooks?limit=200");
    measure("deliveries", () -> "/webhooks/" + hook() + "/deliveries?limit=50");
    measure("deliveries dead", () -> "/webhooks/" + hook() + "/deliveries?limit=50&state=dead");
    measure("audit", () -> "/audit?limit=20");
    measure("audit, deep in", () -> "/audit?limit=200&cursor=" + any(deep));
    measure("audit of one", () -> "/audit?limit=200&actor=user" + random.nextInt(50));
    measure("audit of one who did nothing", () -> "/audit?limit=200&actor=nobody");
  }

  private void measure(String name, Supplier<String> path) {
    // Also checks the answer against the contract.
    assertThat(catalog.get("/api/v1" + path.get()).statusCode()).as(name).isEqualTo(200);
    List<Long> nanos = new ArrayList<>();
    for (int i = -WARM_UP; i < REQUESTS; i++) {
      HttpRequest request = HttpRequest.newBuilder(catalog.uri("/api/v1" + path.get())).build();
      long begin = System.nanoTime();
      int status = send(request);
      if (i >= 0) {
        nanos.add(System.nanoTime() - begin);
      }
      assertThat(status).as("%s", request.uri()).isEqualTo(200);
    }
    latencies.add(name, nanos);
  }

  private int send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Places all over a table that is listed by that time, or else by number. */
  private static List<String> cursors(String uri, String table, String time) throws SQLException {
    List<String> cursors = new ArrayList<>();
    String columns = time == null ? "id" : time + ", id";
    double percent = time == null ? Math.min(100, SAMPLE * 100) : SAMPLE;
    try (Connection connection = POSTGRES.connect(uri);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select " + columns + " from " + table + " tablesample system (" + percent + ")")) {
      while (rows.next()) {
        cursors.add(
            time == null
                ? Cursor.of(rows.getLong(1))
                : Cursor.of(rows.getObject(1, OffsetDateTime.class), rows.getString(2)));
      }
    }
    return cursors;
  }

  private String any(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  private String pick(String... values) {
    return any(List.of(values));
  }

  private String type() {
    return pick("backup", "restore", "conversion", "verification");
  }

  private String eventType() {
    return pick("BackupRequested", "ShardExtracted", "RestorePointSealed", "DomainChanged");
  }

  private String days() {
    Instant from = Instant.now().minus(random.nextInt(POINTS / 3 + 1), ChronoUnit.DAYS);
    return "from=" + from + "&to=" + from.plus(3, ChronoUnit.DAYS);
  }

  private int vm() {
    return 1 + random.nextInt(VMS);
  }

  private static String name(int vm) {
    return List.of("web", "db", "mail", "build", "cache").get(vm % 5) + "-%05d".formatted(vm);
  }

  private static String uuid(int vm) {
    return ScaleData.id("vm-" + vm);
  }

  private String hook() {
    return ScaleData.id("hook-" + (1 + random.nextInt(50)));
  }

  /** One that is not forgotten. */
  private String point() {
    return ScaleData.id(vm() + "-" + (POINTS - random.nextInt(POINTS / 2)));
  }
}
