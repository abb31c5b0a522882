package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.postgres.PostgresServer;
import io.tidemark.standalone.BrokerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog for everybody on the network: with TLS, accounts and tokens. */
class SecuredApiIT {
  private static final Pattern PASSWORD = Pattern.compile("with password (\\S+) ");

  @TempDir private static Path directory;
  private static BrokerProcess broker;
  private static PostgresServer postgres;
  private static ServiceProcess catalog;
  private static final int PORT = TestSuite.freePort();
  private static final URI URL = URI.create("https://127.0.0.1:" + PORT);

  @BeforeAll
  static void start() throws Exception {
    broker = BrokerProcess.start(directory.resolve("kafka"));
    postgres = PostgresServer.start(directory.resolve("postgres"));
    certify("first");
    catalog = startCatalog();
  }

  @AfterAll
  static void stop() {
    catalog.close();
    postgres.close();
    broker.close();
  }

  @Test
  void theFirstSecretIsPrintedOnceAndGoodForATokenOfTheCommandLine() throws Exception {
    String password = password();
    String token = token(password);

    Cli.Outcome with = cli("vms", "--token", token);
    Cli.Outcome without = cli("vms");
    Cli.Outcome wrong = cli("vms", "--token", token + "x");
    Cli.Outcome distrusting = new Cli(URL).run("vms", "--url", URL.toString(), "--token", token);

    assertThat(with.status()).as(with.err()).isZero();
    assertThat(cli("backup", "web", "--token", token).err())
        .contains("operator")
        .contains("viewer");
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.err()).contains("token").hasLineCount(1);
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(distrusting.status()).isEqualTo(1);
    assertThat(distrusting.err()).contains("--ca").hasLineCount(1);

    catalog.close();
    catalog = startCatalog();

    assertThat(cli("vms", "--token", token).status()).isZero();
    Matcher printed = PASSWORD.matcher(log());
    assertThat(printed.results()).hasSize(1);
    assertThat(log()).doesNotContain(token);
  }

  @Test
  void aNetworkIsNotListenedOnWithoutTls() {
    Cli.Outcome refused =
        new Cli(URL).run("up", "--data", directory + "/none", "--http", "0.0.0.0:0");

    assertThat(refused.status()).isNotZero();
    assertThat(refused.err()).contains("--tls-certificate").contains("--insecure-http");
    assertThat(directory.resolve("none")).doesNotExist();
  }

  @Test
  void aNewCertificateIsTakenIntoUseWhileItRuns() throws Exception {
    certify("second");

    ProtectedVm.await("the new certificate", () -> cli("vms").err().contains("token"));
  }

  private static ServiceProcess startCatalog() {
    ServiceProcess started =
        ServiceProcess.start(
            directory.resolve("catalog.log"),
            List.of(),
            "catalog",
            List.of(
                "--kafka",
                broker.bootstrap(),
                "--postgres",
                postgres.uri(),
                "--repository",
                directory.resolve("repository").toString(),
                "--http",
                "0.0.0.0:" + PORT,
                "--auth",
                "--restore-root",
                directory.resolve("restored").toString(),
                "--tls-certificate",
                directory.resolve("cert.pem").toString(),
                "--tls-key",
                directory.resolve("key.pem").toString()));
    ProtectedVm.await("the API answers", () -> cli("vms").err().contains("token"));
    return started;
  }

  private static String password() throws IOException {
    ProtectedVm.await("the first secret", () -> PASSWORD.matcher(read()).find());
    Matcher printed = PASSWORD.matcher(log());
    assertThat(printed.find()).isTrue();
    return printed.group(1);
  }

  private static String read() {
    try {
      return log();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String log() throws IOException {
    return Files.readString(directory.resolve("catalog.log"));
  }

  /** Logs in and has a token made, as the console does. */
  private static String token(String password) throws Exception {
    HttpResponse<String> session =
        post("session", "{\"user\":\"admin\",\"password\":\"" + password + "\"}", List.of());
    assertThat(session.statusCode()).as(session.body()).isEqualTo(200);
    String cookie = session.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(";.*", "");
    HttpResponse<String> token =
        post(
            "tokens",
            "{\"name\":\"cli\",\"role\":\"viewer\"}",
            List.of("Cookie", cookie, "X-CSRF-Token", field(session.body(), "csrfToken")));
    assertThat(token.statusCode()).as(token.body()).isEqualTo(201);
    return field(token.body(), "secret");
  }

  private static HttpResponse<String> post(String path, String body, List<String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URL.resolve("/api/v1/" + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(Certificates.trusting(ca())).build()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String field(String json, String name) {
    Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"").matcher(json);
    assertThat(found.find()).as(name + " in " + json).isTrue();
    return found.group(1);
  }

  private static Cli.Outcome cli(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", URL.toString(), "--ca", ca().toString()));
    return new Cli(URL).run(all.toArray(String[]::new));
  }

  private static Path ca() {
    return directory.resolve("ca.pem");
  }

  /** A new certificate that signs itself; the only one that the clients trust from now on. */
  private static void certify(String name) throws Exception {
    Path made = Certificates.selfSigned(directory.resolve(name));
    for (String file : List.of("key.pem", "cert.pem")) {
      Files.copy(made.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.copy(made.resolve("cert.pem"), ca(), StandardCopyOption.REPLACE_EXISTING);
  }
}
