package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.webhook.Retries;
import io.tidemark.catalog.webhook.WebhookConfig;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Events for those who don't speak Kafka. */
class WebhookIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";
  private static final Retries QUICK = new Retries(3, Duration.ofMillis(10), Duration.ofMillis(20));

  /** All the ways to write what may not be reached, or not so. */
  private static final List<String> INSIDE =
      List.of(
          "http://127.0.0.1:1/",
          "https://127.0.0.1/",
          "https://localhost/",
          "https://2130706433/",
          "https://127.1/",
          "https://[::1]/",
          "https://[::ffff:127.0.0.1]/",
          "https://[fd00::1]/",
          "https://[fe80::1]/",
          "https://[64:ff9b::7f00:1]/",
          "https://[2002:7f00:1::]/",
          "https://0.0.0.0/",
          "https://10.1.2.3/",
          "https://100.64.0.1/",
          "https://169.254.169.254/latest/meta-data/",
          "https://172.16.0.1/",
          "https://192.168.0.1/",
          "https://224.0.0.1/",
          "https://user:secret@example.org/",
          "http://93.184.215.14/",
          "ftp://93.184.215.14/",
          "file:///etc/passwd",
          "gopher://127.0.0.1:25/",
          "not a url",
          "https:///nowhere",
          "//93.184.215.14/");

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir private Path directory;
  private String database;
  private Catalog catalog;
  private Receiver receiver;

  @BeforeEach
  void start() throws Exception {
    receiver = new Receiver();
    database = POSTGRES.newDatabase();
    start(true);
  }

  private void start(boolean allowPrivate) throws Exception {
    start(new WebhookConfig(allowPrivate, QUICK));
  }

  private void start(WebhookConfig webhooks) throws Exception {
    ApiConfig api = ApiConfig.defaults().withWebhooks(webhooks);
    catalog = Catalog.on(database, directory.resolve("repository"), api).start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
    receiver.close();
  }

  @Test
  void anEventIsDeliveredOnceAndSigned() throws Exception {
    JsonObject made = register(receiver.url("/hook?x=1"), "RestorePointSealed");

    String point = new Host(catalog, UUID, "web").seen().backUp();

    Await.until("the delivery", () -> receiver.received().stream().findFirst());
    Receiver.Received delivery = receiver.received().getFirst();
    JsonObject event = new JsonObject(delivery.body());
    assertThat(delivery.path()).isEqualTo("/hook");
    assertThat(delivery.header("Content-Type")).startsWith("application/cloudevents+json");
    assertThat(delivery.header("Tidemark-Event")).isEqualTo("RestorePointSealed");
    assertThat(event.getString("specversion")).isEqualTo("1.0");
    assertThat(event.getJsonObject("data").getString("backupId")).isEqualTo(point);
    assertSigned(delivery, made.getString("secret"));
    assertThat(made.getJsonObject("webhook").containsKey("secret")).isFalse();
    Await.until("it is known to be delivered", () -> delivery(made, "delivered"));
    assertThat(receiver.received()).hasSize(1);
  }

  @Test
  void whatCannotBeDeliveredIsTriedAgainThenKeptAndCanBeSentAgain() throws Exception {
    receiver.answer(500);
    JsonObject made = register(receiver.url("/hook"), "RestorePointSealed");
    new Host(catalog, UUID, "web").seen().backUp();

    JsonObject dead = Await.until("the dead letter", () -> delivery(made, "dead"));

    assertThat(dead.getInteger("attempts")).isEqualTo(3);
    assertThat(dead.getInteger("lastStatus")).isEqualTo(500);
    assertThat(receiver.received()).hasSize(3);
    assertThat(catalog.json(path(made)).getInteger("dead")).isEqualTo(1);

    receiver.answer(200);
    HttpResponse<String> again =
        catalog.post(path(made) + "/deliveries/" + dead.getValue("id") + "/redeliver", "");
    assertThat(again.statusCode()).as(again.body()).isEqualTo(202);
    Await.until("it is delivered", () -> delivery(made, "delivered"));
  }

  @Test
  void redirectsAreNotFollowed() throws Exception {
    receiver.answer(302);
    JsonObject made = register(receiver.url("/hook"), "RestorePointSealed");
    new Host(catalog, UUID, "web").seen().backUp();

    Await.until("the dead letter", () -> delivery(made, "dead"));

    assertThat(receiver.received()).extracting(Receiver.Received::path).containsOnly("/hook");
  }

  @Test
  void onlyWantedEventsGoAndNoneWhileItIsInactive() throws Exception {
    JsonObject wanted = register(receiver.url("/wanted"), "BackupAccepted");
    JsonObject idle = register(receiver.url("/idle"), "BackupAccepted");
    HttpResponse<String> shown = catalog.get(path(idle));
    catalog.put(
        path(idle),
        shown.headers().firstValue("ETag").orElseThrow(),
        new JsonObject().put("url", receiver.url("/idle")).put("active", false).encode());

    new Host(catalog, UUID, "web").seen().backUp();

    Await.until("the delivery", () -> delivery(wanted, "delivered"));
    assertThat(receiver.received())
        .extracting(each -> each.path() + " " + each.header("Tidemark-Event"))
        .containsExactly("/wanted BackupAccepted");
  }

  @Test
  void nothingInsideCanBeReachedThroughAWebhook() throws Exception {
    catalog.close();
    start(false);

    for (String url : INSIDE) {
      HttpResponse<String> response = create(url, "RestorePointSealed");
      assertThat(response.statusCode()).as(url + ": " + response.body()).isEqualTo(422);
    }
  }

  @Test
  void aNameThatLeadsInsideLaterIsNotFollowedThere() throws Exception {
    catalog.close();
    start(false);
    // As if the name of a webhook that was allowed now stood for another address.
    try (Connection connection = POSTGRES.connect(database);
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into webhook (id, url, events, active, secret)"
                    + " values ('w', ?, '{}', true, 's')")) {
      insert.setString(1, receiver.url("/inside").replace("http:", "https:"));
      insert.executeUpdate();
    }

    new Host(catalog, UUID, "web").seen().backUp();

    JsonObject dead =
        Await.until(
            "the dead letter",
            () -> first(catalog.json("/api/v1/webhooks/w/deliveries?state=dead&limit=1")));
    assertThat(dead.getString("lastError")).contains("not on the public internet");
    assertThat(receiver.received()).isEmpty();
  }

  @Test
  void aReceiverThatNeverAnsweredGetsWhatComesAfterItHasHealed() throws Exception {
    catalog.close();
    start(new WebhookConfig(true, QUICK, Duration.ofMillis(200)));
    receiver.hang();
    JsonObject made = register(receiver.url("/hook"), "DomainSeen");
    for (int vm = 0; vm < 6; vm++) {
      see("hung" + vm);
    }
    Await.until(
        "all to be given up",
        () ->
            Optional.of(catalog.json(path(made)))
                .filter(webhook -> webhook.getInteger("dead") == 6));
    int before = receiver.received().size();

    receiver.answer(204);
    see("seventh");

    Await.until("the delivery", () -> delivery(made, "delivered"));
    assertThat(receiver.received()).hasSize(before + 1);
    assertThat(receiver.received().getLast().body()).contains("seventh");
  }

  @Test
  void aBlackHoleWithABacklogKeepsNobodyElseWaiting() throws Exception {
    receiver.hang();
    register(receiver.url("/hole"), "DomainSeen");
    for (int vm = 0; vm < 12; vm++) {
      see("hung" + vm);
    }
    Await.until("the hole to swallow something", () -> receiver.received().stream().findFirst());
    try (Receiver sound = new Receiver()) {
      register(sound.url("/sound"), "DomainSeen");
      long begin = System.nanoTime();

      see("web");

      Await.until("the delivery", () -> sound.received().stream().findFirst());
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }
    assertThat(receiver.received()).as("at once to one receiver").hasSizeLessThanOrEqualTo(2);
  }

  private void see(String vm) {
    String uuid = java.util.UUID.nameUUIDFromBytes(vm.getBytes(StandardCharsets.UTF_8)).toString();
    catalog.publish(
        new DomainSeen(Host.NAME, new DomainDescription(uuid, vm, DomainState.RUNNING, List.of())));
  }

  private JsonObject register(String url, String type) {
    HttpResponse<String> response = create(url, type);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return new JsonObject(response.body());
  }

  private HttpResponse<String> create(String url, String type) {
    return catalog.post(
        "/api/v1/webhooks",
        new JsonObject().put("url", url).put("events", new JsonArray().add(type)).encode());
  }

  private static String path(JsonObject made) {
    return "/api/v1/webhooks/" + made.getJsonObject("webhook").getString("id");
  }

  private Optional<JsonObject> delivery(JsonObject made, String state) {
    return first(catalog.json(path(made) + "/deliveries?state=" + state));
  }

  private static Optional<JsonObject> first(JsonObject page) {
    return page.getJsonArray("deliveries").stream().map(JsonObject.class::cast).findFirst();
  }

  /** As a receiver would check it, following the contract's words. */
  private static void assertSigned(Receiver.Received delivery, String secret) throws Exception {
    String[] parts = delivery.header("Tidemark-Signature").split(",", -1);
    String time = parts[0].substring("t=".length());
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String expected =
        HexFormat.of()
            .formatHex(
                mac.doFinal((time + "." + delivery.body()).getBytes(StandardCharsets.UTF_8)));
    assertThat(parts[1]).isEqualTo("v1=" + expected);
    assertThat(Instant.ofEpochSecond(Long.parseLong(time)))
        .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(1));
  }
}
