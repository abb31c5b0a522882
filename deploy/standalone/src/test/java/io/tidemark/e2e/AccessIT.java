package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A suite that asks who somebody is, as a user starts it. */
class AccessIT {
  private static final Pattern FIRST = Pattern.compile("first user (\\S+) with password (\\S+) ");
  @TempDir private Path directory;

  @Test
  void theFirstAdminMakesATokenAndTheCommandLineUsesIt() throws Exception {
    try (TestSuite suite = TestSuite.start(directory, "--auth")) {
      Path log = directory.resolve("data/up.log");
      ProtectedVm.await(
          "the first user is told", () -> FIRST.matcher(Files.readString(log)).find());
      Matcher first = FIRST.matcher(Files.readString(log));
      assertThat(first.find()).isTrue();
      URI api = suite.process().url();

      assertThat(suite.cli().failure("vms")).contains("token");
      String token = token(api, first.group(1), first.group(2));
      assertThat(suite.cli().run("vms", "--url", api.toString(), "--token", token).status())
          .isZero();
      var refused = suite.cli().run("backup", "web", "--url", api.toString(), "--token", token);
      assertThat(refused.status()).isEqualTo(1);
      assertThat(refused.err()).contains("operator").contains("viewer");
    }
  }

  @Test
  void aNetworkIsNotListenedOnWithoutTls() throws Exception {
    Cli cli = new Cli(URI.create("http://127.0.0.1:1"));

    var refused = cli.run("up", "--data", directory.toString(), "--http", "0.0.0.0:0");

    assertThat(refused.status()).isNotZero();
    assertThat(refused.err()).contains("--tls-certificate").contains("--insecure-http");
  }

  private static String token(URI api, String user, String password)
      throws IOException, InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    HttpResponse<String> session =
        http.send(
            post(api.resolve("/api/v1/session"), Map.of("user", user, "password", password)),
            HttpResponse.BodyHandlers.ofString());
    assertThat(session.statusCode()).as(session.body()).isEqualTo(200);
    String cookie = session.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    String csrf = text(session.body(), "csrfToken");
    HttpRequest request =
        HttpRequest.newBuilder(
                post(api.resolve("/api/v1/tokens"), Map.of("name", "cli", "role", "viewer")),
                (name, value) -> true)
            .header("Cookie", cookie)
            .header("X-CSRF-Token", csrf)
            .build();
    HttpResponse<String> made = http.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return text(made.body(), "secret");
  }

  private static HttpRequest post(URI uri, Map<String, String> body) {
    StringBuilder json = new StringBuilder();
    body.forEach((name, value) -> json.append(",\"%s\":\"%s\"".formatted(name, value)));
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{" + json.substring(1) + "}"))
        .build();
  }

  private static String text(String json, String field) {
    Matcher found = Pattern.compile("\"" + field + "\"\\s*:\\s*\"([^\"]+)\"").matcher(json);
    assertThat(found.find()).as(json).isTrue();
    return found.group(1);
  }
}
