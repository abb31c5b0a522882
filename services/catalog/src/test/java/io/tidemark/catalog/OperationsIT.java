package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.access.AccessConfig;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.webhook.Retries;
import io.tidemark.catalog.webhook.WebhookConfig;
import io.tidemark.events.RestoreFailed;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every operation of the contract, called well and called badly; each answer is checked against the
 * contract. That none answers to who may not is {@link AccessIT}'s.
 */
class OperationsIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  /** Operations that nothing can be wrong with: no body, no parameter. */
  private static final Set<String> NOTHING_TO_GET_WRONG =
      Set.of(
          "getStatus",
          "getOverview",
          "getSettings",
          "getSession",
          "logout",
          "rebuildCatalog",
          "getOpenApiYaml",
          "getOpenApiJson",
          "getAsyncApiJson");

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir private Path directory;
  private final Set<String> done = new TreeSet<>();
  private Catalog catalog;
  private Receiver receiver;
  private Map<String, String> session = Map.of();

  @BeforeEach
  void start() throws Exception {
    receiver = new Receiver();
    ApiConfig api =
        ApiConfig.defaults()
            .withAccess(new AccessConfig(true, Optional.empty()))
            .withRestoreRoots(List.of(directory.resolve("restores")))
            .withWebhooks(new WebhookConfig(true, Retries.defaults()));
    catalog = Catalog.on(POSTGRES.newDatabase(), directory.resolve("repository"), api).start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
    receiver.close();
  }

  @Test
  void everyOperationDoesWhatItPromises() throws Exception {
    String password = catalog.firstAccount().password();
    login(password);
    ok("getSession", 200, catalog.get("/api/v1/session"));
    JsonObject hook = webhook();
    Host web = new Host(catalog, UUID, "web").seen();
    String old = web.backUp();
    String point = web.backUp();

    look(point);
    work(point);
    deliveries(hook);
    configuration();
    accounts();
    ok("getOpenApiYaml", 200, catalog.get("/api/v1/openapi.yaml"));
    ok("getOpenApiJson", 200, catalog.get("/api/v1/openapi.json"));
    ok("getAsyncApiJson", 200, catalog.get("/api/v1/asyncapi.json"));
    ok("forgetPoint", 204, catalog.delete("/api/v1/points/" + old));
    ok("changePassword", 204, changePassword(password));
    login("a new password of the admin");
    ok("logout", 204, catalog.delete("/api/v1/session"));

    assertThat(done)
        .containsExactlyInAnyOrderElementsOf(
            ContractCheck.CONTRACT.operations().stream().map(Operation::id).toList());
  }

  @Test
  void everyOperationSaysWhatIsWrong() {
    login(catalog.firstAccount().password());
    for (Operation operation : ContractCheck.CONTRACT.operations()) {
      if (NOTHING_TO_GET_WRONG.contains(operation.id())) {
        continue;
      }
      HttpResponse<String> response = wrong(operation);
      assertThat(response.statusCode()).as(operation.id()).isBetween(400, 422);
      JsonObject problem = new JsonObject(response.body());
      assertThat(problem.getInteger("status")).isEqualTo(response.statusCode());
      assertThat(problem.getString("title")).as(operation.id()).isNotBlank();
      assertThat(problem.getString("detail")).as(operation.id()).isNotBlank();
    }
  }

  /** An unknown field, an id of nothing, or a parameter that can't be. */
  private HttpResponse<String> wrong(Operation operation) {
    String path = "/api/v1" + operation.path().replaceAll("\\{\\w+}", "999999999");
    boolean body = operation.body().isPresent();
    boolean identified = operation.path().contains("{");
    if (!body && !identified) {
      String name = operation.parameters().stream().map(each -> each.name()).findFirst().orElse("");
      path += "?" + name + "=%00";
    }
    return catalog.send(
        HttpRequest.newBuilder(catalog.uri(path))
            .header("Content-Type", "application/json")
            .header("If-Match", "\"1\"")
            .method(
                operation.method().name(),
                body
                    ? HttpRequest.BodyPublishers.ofString("{\"nonsense\":1}")
                    : HttpRequest.BodyPublishers.noBody()));
  }

  private void look(String point) throws Exception {
    ok("getStatus", 200, catalog.get("/api/v1/status"));
    ok("getOverview", 200, catalog.get("/api/v1/overview"));
    ok("listVms", 200, catalog.get("/api/v1/vms?limit=1"));
    ok("getVm", 200, catalog.get("/api/v1/vms/web"));
    ok("listPoints", 200, catalog.get("/api/v1/points?vm=web"));
    ok("getPoint", 200, catalog.get("/api/v1/points/" + point));
    ok("getPointChanges", 200, catalog.get("/api/v1/points/" + point + "/changes?target=vda"));
    ok("listJobs", 200, catalog.get("/api/v1/jobs?type=backup"));
    ok("getJob", 200, catalog.get("/api/v1/jobs/" + point));
    ok("listEvents", 200, catalog.get("/api/v1/events/log?limit=5"));
    HttpRequest.Builder live = HttpRequest.newBuilder(catalog.uri("/api/v1/events?vm=web"));
    session.forEach(live::header);
    HttpResponse<java.io.InputStream> stream =
        HttpClient.newHttpClient().send(live.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      assertThat(stream.statusCode()).isEqualTo(200);
      assertThat(lines.readLine()).startsWith("retry:");
      done.add("followEvents");
    }
  }

  private void work(String point) {
    ok("startBackup", 202, catalog.post("/api/v1/backups", "{\"vm\":\"web\",\"kind\":\"full\"}"));
    ok("startConversion", 202, catalog.post("/api/v1/conversions", "{\"vm\":\"web\"}"));
    String restore =
        new JsonObject()
            .put("point", point)
            .put("directory", directory.resolve("restores/a").toString())
            .encode();
    ok("checkRestore", 200, catalog.post("/api/v1/restores/check", restore));
    HttpResponse<String> restoring = catalog.post("/api/v1/restores", restore);
    ok("startRestore", 202, restoring);
    catalog.publish(
        new RestoreFailed(
            new JsonObject(restoring.body()).getString("id"),
            Optional.of(Host.NAME),
            "The test is over."));
    catalog.ended(new JsonObject(restoring.body()).getString("id"));
    HttpResponse<String> verifying =
        catalog.post("/api/v1/verifications", "{\"all\":true,\"mode\":\"quick\"}");
    ok("startVerification", 202, verifying);
    catalog.ended(new JsonObject(verifying.body()).getString("id"));
    ok("collectGarbage", 200, catalog.post("/api/v1/catalog/garbage", "{\"dryRun\":true}"));
    ok("rebuildCatalog", 200, catalog.post("/api/v1/catalog/rebuild", ""));
  }

  private JsonObject webhook() {
    String body = new JsonObject().put("url", receiver.url("/hook")).encode();
    HttpResponse<String> made = catalog.post("/api/v1/webhooks", body);
    ok("createWebhook", 201, made);
    return new JsonObject(made.body()).getJsonObject("webhook");
  }

  private void deliveries(JsonObject hook) throws Exception {
    String path = "/api/v1/webhooks/" + hook.getString("id");
    ok("listWebhooks", 200, catalog.get("/api/v1/webhooks"));
    HttpResponse<String> shown = catalog.get(path);
    ok("getWebhook", 200, shown);
    JsonObject delivery =
        Await.until(
            "a delivery",
            () ->
                catalog.json(path + "/deliveries").getJsonArray("deliveries").stream()
                    .map(JsonObject.class::cast)
                    .findFirst());
    ok("listDeliveries", 200, catalog.get(path + "/deliveries?state=delivered"));
    ok(
        "redeliver",
        202,
        catalog.post(path + "/deliveries/" + delivery.getValue("id") + "/redeliver", ""));
    String change = new JsonObject().put("url", receiver.url("/other")).encode();
    ok("putWebhook", 200, catalog.put(path, etag(shown), change));
    ok("deleteWebhook", 204, catalog.delete(path));
  }

  private void configuration() {
    HttpResponse<String> settings = catalog.get("/api/v1/settings");
    ok("getSettings", 200, settings);
    ok(
        "putSettings",
        200,
        catalog.put("/api/v1/settings", etag(settings), "{\"atRiskAfterHours\":48}"));
  }

  private void accounts() {
    HttpResponse<String> token =
        catalog.post("/api/v1/tokens", "{\"name\":\"t\",\"role\":\"viewer\"}");
    ok("createToken", 201, token);
    ok("listTokens", 200, catalog.get("/api/v1/tokens"));
    String id = new JsonObject(token.body()).getJsonObject("token").getString("id");
    ok("revokeToken", 204, catalog.delete("/api/v1/tokens/" + id));
    ok(
        "createUser",
        201,
        catalog.post(
            "/api/v1/users",
            "{\"name\":\"ada\",\"role\":\"viewer\",\"password\":\"correct horse battery\"}"));
    ok("listUsers", 200, catalog.get("/api/v1/users"));
    HttpResponse<String> user = catalog.get("/api/v1/users/ada");
    ok("getUser", 200, user);
    ok("putUser", 200, catalog.put("/api/v1/users/ada", etag(user), "{\"role\":\"operator\"}"));
    ok("deleteUser", 204, catalog.delete("/api/v1/users/ada"));
    ok("listAudit", 200, catalog.get("/api/v1/audit"));
  }

  private HttpResponse<String> changePassword(String current) {
    return catalog.send(
        HttpRequest.newBuilder(catalog.uri("/api/v1/session/password"))
            .header("Content-Type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    new JsonObject()
                        .put("current", current)
                        .put("password", "a new password of the admin")
                        .encode())));
  }

  private void login(String password) {
    catalog.sending(Map.of());
    HttpResponse<String> response =
        catalog.post(
            "/api/v1/session",
            new JsonObject().put("user", "admin").put("password", password).encode());
    ok("login", 200, response);
    String cookie = response.headers().firstValue("Set-Cookie").orElseThrow().split(";", -1)[0];
    session =
        Map.of(
            "Cookie",
            cookie,
            "X-CSRF-Token",
            new JsonObject(response.body()).getString("csrfToken"));
    catalog.sending(session);
  }

  private void ok(String operation, int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(operation + ": " + response.body()).isEqualTo(status);
    done.add(operation);
  }

  private static String etag(HttpResponse<String> response) {
    return response.headers().firstValue("ETag").orElseThrow();
  }
}
