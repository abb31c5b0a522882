package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.catalog.access.AccessConfig;
import io.tidemark.catalog.access.Role;
import io.tidemark.catalog.contract.Operation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, where one is asked. */
class AccessIT {
  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final Duration RECHECK = Duration.ofMillis(100);
  private static final String GREETING = "retry: 2000\n: the live events of Tidemark\n\n";

  @TempDir Path directory;
  private String database;
  private Catalog catalog;

  @BeforeEach
  void start() throws Exception {
    database = POSTGRES.newDatabase();
    catalog = Catalog.on(database, directory.resolve("repository"), secured()).start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  private ApiConfig secured() {
    return ApiConfig.defaults()
        .withAccess(new AccessConfig(true, Optional.empty(), RECHECK))
        .withRestoreRoots(List.of(directory.resolve("restores")));
  }

  @Test
  void nobodyGetsInWithoutSayingWhoOneIs() {
    for (Operation operation : ContractCheck.CONTRACT.operations()) {
      if (operation.role().isPresent()) {
        assertThat(call(operation, "{}").statusCode()).as(operation.id()).isEqualTo(401);
        catalog.as("tdm_0123456789abcdef_" + "a".repeat(43));
        assertThat(call(operation, "{}").statusCode()).as(operation.id()).isEqualTo(401);
        catalog.sending(Map.of());
      }
    }
    assertThat(catalog.get("/api/v1/session").statusCode()).isEqualTo(200);
  }

  @Test
  void aRoleDoesWhatItMayAndNoMore() {
    login();
    Map<Role, String> tokens =
        Map.of(Role.VIEWER, token("viewer"), Role.OPERATOR, token("operator"));

    tokens.forEach((role, token) -> {
      catalog.as(token);
      for (Operation operation : ContractCheck.CONTRACT.operations()) {
        if (operation.role().isPresent() && !operation.id().equals("followEvents")) {
          int status = call(operation, "{}").statusCode();
          boolean may = role.includes(operation.role().get());
          assertThat(status == 403).as(role + " " + operation.id() + " " + status).isEqualTo(!may);
        }
      }
    });
  }

  @Test
  void aTokenIsShownOnceAndGoodUntilItIsRevokedOrExpires() throws Exception {
    login();
    JsonObject made =
        new JsonObject(
            catalog.post("/api/v1/tokens", "{\"name\":\"nightly\",\"role\":\"viewer\"}").body());
    String secret = made.getString("secret");
    String id = made.getJsonObject("token").getString("id");
    assertThat(catalog.get("/api/v1/tokens").body()).doesNotContain(secret.substring(21));

    assertThat(statusAs(secret)).isEqualTo(200);
    execute("update api_token set expires_at = clock_timestamp()");
    assertThat(statusAs(secret)).isEqualTo(401);
    execute("update api_token set expires_at = clock_timestamp() + interval '1 day'");
    assertThat(statusAs(secret)).isEqualTo(200);
    login();
    assertThat(catalog.delete("/api/v1/tokens/" + id).statusCode()).isEqualTo(204);
    assertThat(statusAs(secret)).isEqualTo(401);
  }

  @Test
  void theLiveEventsOfARevokedTokenEnd() throws Exception {
    login();
    JsonObject made =
        new JsonObject(
            catalog.post("/api/v1/tokens", "{\"name\":\"feed\",\"role\":\"viewer\"}").body());
    try (InputStream events = follow("Authorization", "Bearer " + made.getString("secret"))) {
      catalog.delete("/api/v1/tokens/" + made.getJsonObject("token").getString("id"));

      assertThat(ends(events)).isTrue();
    }
  }

  @Test
  void theLiveEventsOfASessionEndWithItAndNotWithItsCookie() throws Exception {
    login();
    execute("update session set rotated_at = clock_timestamp() - interval '1 hour'");
    try (InputStream events = follow("Cookie", cookie)) {
      execute("update session set rotated_at = clock_timestamp() - interval '10 minutes'");
      Await.pause(RECHECK.multipliedBy(5));
      assertThat(events.available()).as("the greeting").isPositive();
      assertThat(events.readNBytes(GREETING.length()))
          .isEqualTo(GREETING.getBytes(StandardCharsets.UTF_8));
      execute("delete from session");

      assertThat(ends(events)).isTrue();
    }
  }

  private InputStream follow(String header, String value) throws Exception {
    HttpResponse<InputStream> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(catalog.uri("/api/v1/events?type=BackupFailed"))
                    .header(header, value)
                    .build(),
                HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** Whether a stream ends, in whatever way. */
  private static boolean ends(InputStream events) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                events.transferTo(OutputStream.nullOutputStream());
                return true;
              } catch (IOException e) {
                return true;
              }
            })
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void aSessionChangesThingsOnlyWithItsCsrfToken() {
    JsonObject session = login();
    assertThat(cookieHeader)
        .containsIgnoringCase("HttpOnly")
        .contains("SameSite=Strict")
        .contains("Path=/");

    catalog.sending(Map.of("Cookie", cookie));
    HttpResponse<String> without = catalog.post("/api/v1/verifications", "{\"all\":true}");
    catalog.sending(Map.of("Cookie", cookie, "X-CSRF-Token", "wrong"));
    HttpResponse<String> wrong = catalog.post("/api/v1/verifications", "{\"all\":true}");
    catalog.sending(Map.of("Cookie", cookie, "X-CSRF-Token", session.getString("csrfToken")));
    HttpResponse<String> right = catalog.post("/api/v1/verifications", "{\"all\":true}");

    assertThat(without.statusCode()).isEqualTo(403);
    assertThat(without.body()).contains("X-CSRF-Token");
    assertThat(wrong.statusCode()).isEqualTo(403);
    assertThat(right.statusCode()).as(right.body()).isEqualTo(202);
    assertThat(catalog.delete("/api/v1/session").statusCode()).isEqualTo(204);
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(401);
  }

  @Test
  void aSessionsCookieIsRenewedAndEndsWithItsTime() throws Exception {
    login();
    String first = cookie;
    execute("update session set rotated_at = clock_timestamp() - interval '20 minutes'");

    HttpResponse<String> renewing = catalog.get("/api/v1/status");

    String second = renewing.headers().firstValue("Set-Cookie").orElseThrow().split(";", -1)[0];
    assertThat(second).isNotEqualTo(first);
    // A request that was under way still gets in.
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(200);
    execute("update session set rotated_at = clock_timestamp() - interval '2 minutes'");
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(401);
    catalog.sending(Map.of("Cookie", second));
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(200);
    execute("update session set expires_at = clock_timestamp()");
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(401);
  }

  @Test
  void guessingPasswordsIsSlowedDown() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(attempt("admin", "guess " + i).statusCode()).isEqualTo(401);
    }

    HttpResponse<String> tooMany = attempt("admin", catalog.firstAccount().password());

    assertThat(tooMany.statusCode()).isEqualTo(429);
    assertThat(tooMany.headers().firstValueAsLong("Retry-After").orElseThrow()).isPositive();
    execute("update login_attempt set at = at - interval '16 minutes'");
    assertThat(attempt("admin", catalog.firstAccount().password()).statusCode()).isEqualTo(200);
  }

  @Test
  void passwordsAreKeptAsSaltedMemoryHardHashesOnly() throws Exception {
    login();
    String password = "correct horse battery staple";
    for (String name : List.of("ada", "bob")) {
      HttpResponse<String> added =
          catalog.post(
              "/api/v1/users",
              new JsonObject()
                  .put("name", name)
                  .put("role", "viewer")
                  .put("password", password)
                  .encode());
      assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
    }

    List<String> hashes = column("select password from account where name <> 'admin'");

    assertThat(hashes).hasSize(2).doesNotHaveDuplicates();
    assertThat(hashes).allMatch(hash -> hash.startsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
    assertThat(attempt("ada", password).statusCode()).isEqualTo(200);
  }

  @Test
  void whatIsChangedIsWrittenDownWithWhoDidIt() {
    login();
    String viewer = token("viewer");
    catalog.as(viewer);
    catalog.post("/api/v1/backups", "{\"vm\":\"web\"}");
    attempt("mallory", "guess");
    login();

    JsonObject page = catalog.json("/api/v1/audit");

    List<String> deeds =
        page.getJsonArray("entries").stream()
            .map(JsonObject.class::cast)
            .map(entry ->
                entry.getString("actor")
                    + " "
                    + entry.getString("operation")
                    + " "
                    + entry.getInteger("status"))
            .toList();
    assertThat(deeds)
        .containsExactly(
            "admin login 200",
            "mallory login 401",
            "token:viewer startBackup 403",
            "admin createToken 201",
            "admin login 200");
    assertThat(page.encode()).doesNotContain(catalog.firstAccount().password());
  }

  @Test
  void theLastAdminStaysAndOutdatedChangesAreRefused() {
    login();
    String etag = catalog.get("/api/v1/users/admin").headers().firstValue("ETag").orElseThrow();

    assertThat(catalog.delete("/api/v1/users/admin").statusCode()).isEqualTo(409);
    assertThat(catalog.put("/api/v1/users/admin", etag, "{\"role\":\"viewer\"}").statusCode())
        .isEqualTo(409);
    assertThat(catalog.put("/api/v1/users/admin", "\"v99\"", "{\"role\":\"admin\"}").statusCode())
        .isEqualTo(412);
    assertThat(catalog.put("/api/v1/users/admin", etag, "{\"role\":\"admin\"}").statusCode())
        .isEqualTo(200);
    // One's sessions end with a change.
    assertThat(catalog.get("/api/v1/status").statusCode()).isEqualTo(401);
  }

  @Test
  void thePasswordCanBeChangedByWhoKnowsIt() {
    login();
    String before = catalog.firstAccount().password();
    String after = UUID.randomUUID().toString();

    HttpResponse<String> wrong = changePassword("not " + before, after);
    HttpResponse<String> right = changePassword(before, after);

    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(right.statusCode()).as(right.body()).isEqualTo(204);
    assertThat(attempt("admin", before).statusCode()).isEqualTo(401);
    assertThat(attempt("admin", after).statusCode()).isEqualTo(200);
  }

  @Test
  void aSecondStartMakesNoAccount() throws Exception {
    login();
    catalog.stop();
    catalog.start();

    assertThatThrownBy(catalog::firstAccount).hasMessageContaining("No value present");
  }

  @Test
  void anOpenListenerIsRefusedAnywhereButOnLoopback() throws Exception {
    CatalogConfig open =
        new CatalogConfig(directory.resolve("other"), POSTGRES.newDatabase(), "0.0.0.0", 0);
    Catalog exposed = catalog.with(open);

    assertThatThrownBy(exposed::start).hasMessageContaining("--auth");
  }

  private HttpResponse<String> changePassword(String current, String next) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(catalog.uri("/api/v1/session/password"))
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    new JsonObject().put("current", current).put("password", next).encode()));
    return catalog.send(request);
  }

  private String cookie = "";
  private String cookieHeader = "";

  /** Logs in as the first admin, and sends that session with every request from now on. */
  private JsonObject login() {
    catalog.sending(Map.of());
    HttpResponse<String> response = attempt("admin", catalog.firstAccount().password());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    cookieHeader = response.headers().firstValue("Set-Cookie").orElseThrow();
    cookie = cookieHeader.split(";", -1)[0];
    JsonObject session = new JsonObject(response.body());
    catalog.sending(Map.of("Cookie", cookie, "X-CSRF-Token", session.getString("csrfToken")));
    return session;
  }

  private HttpResponse<String> attempt(String user, String password) {
    catalog.sending(Map.of());
    return catalog.post(
        "/api/v1/session", new JsonObject().put("user", user).put("password", password).encode());
  }

  private String token(String role) {
    HttpResponse<String> response =
        catalog.post(
            "/api/v1/tokens", new JsonObject().put("name", role).put("role", role).encode());
    return new JsonObject(response.body()).getString("secret");
  }

  private int statusAs(String token) {
    return catalog.as(token).get("/api/v1/status").statusCode();
  }

  private HttpResponse<String> call(Operation operation, String body) {
    String path = "/api/v1" + operation.path().replaceAll("\\{\\w+}", "1");
    HttpRequest.BodyPublisher content =
        operation.body().isPresent()
            ? HttpRequest.BodyPublishers.ofString(body)
            : HttpRequest.BodyPublishers.noBody();
    return catalog.send(
        HttpRequest.newBuilder(catalog.uri(path))
            .header("Content-Type", "application/json")
            .method(operation.method().name(), content));
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = POSTGRES.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> column(String sql) throws Exception {
    List<String> values = new java.util.ArrayList<>();
    try (Connection connection = POSTGRES.connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }
}
