package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupAccepted;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The catalog between a real Kafka and a real PostgreSQL. */
class KafkaIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private EmbeddedBroker broker;
  private Events events;
  private PostgresProxy proxy;
  private Catalog catalog;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
    events = new KafkaEvents(vertx, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    events.createTopics().await(60, TimeUnit.SECONDS);
    List<EventEnvelope<Event>> seen = Collections.synchronizedList(new ArrayList<>());
    watch(seen).await(60, TimeUnit.SECONDS);
    proxy = new PostgresProxy(vertx, POSTGRES.newDatabase());
    catalog =
        Catalog.on(
                vertx,
                new Catalog.Bus(events, () -> List.copyOf(seen)),
                Catalog.config(proxy.uri(), directory.resolve("repository"), Duration.ofMinutes(1)))
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.stop();
    events.close().await(30, TimeUnit.SECONDS);
    catalog.close();
    broker.close();
  }

  @Test
  void aBackupAskedForWithAPlainKafkaProducerGoesAllTheWay() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

    send(request(id, "web"));

    assertThat(web.accepted(id).domainUuid()).isEqualTo(UUID);
    var started = web.start(web.accepted(id));
    web.plan(started);
    for (int shard = 0; shard < 3; shard++) {
      catalog.publish(web.extract(started, shard));
    }
    assertThat(catalog.ended(id).getString("state")).isEqualTo("succeeded");
    assertThat(web.read(id)).isEqualTo(web.content);
    assertThat(catalog.all(BackupAccepted.class)).hasSize(1);
  }

  @Test
  void aDatabaseThatIsAwayForAWhileIsWaitedFor() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String id = web.request();
    var started = web.start(web.accepted(id));

    proxy.cut();
    web.plan(started);
    for (int shard = 0; shard < 3; shard++) {
      catalog.publish(web.extract(started, shard));
    }
    Await.until(
        "the catalog to notice",
        () -> Optional.of(catalog.get("/health")).filter(health -> health.statusCode() == 503));
    assertThat(catalog.json("/api/v1/status").getString("postgres")).isEqualTo("down");
    var refused = catalog.get("/api/v1/vms");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(new JsonObject(refused.body()).getString("detail"))
        .startsWith("PostgreSQL at 127.0.0.1");
    proxy.mend();

    assertThat(
            Await.until(
                    "the sealed point",
                    () -> catalog.job(id).filter(job -> job.getString("state").equals("succeeded")))
                .getString("stage"))
        .isEqualTo("sealed");
  }

  @Test
  void aRequestThatCannotBeRecordedDoesNotKeepTheNextOneWaiting() throws Exception {
    Host web = new Host(catalog, UUID, "web").seen();
    String id = "7c9e6679-7425-40de-944b-e07fc1f90ae8";
    long begin = System.nanoTime();

    send(request("0d3f4fd2-43a2-41b6-8f32-31a1a4e1c0ab", "we\0b"));
    send(request(id, "web"));

    assertThat(web.accepted(id).domainUuid()).isEqualTo(UUID);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    Await.until(
        "the journal to go on, too",
        () ->
            Optional.of(catalog.json("/api/v1/events/log?type=BackupAccepted"))
                .filter(page -> !page.getJsonArray("events").isEmpty()));
  }

  private static JsonObject request(String id, String domain) {
    return new JsonObject()
        .put("specversion", "1.0")
        .put("id", id)
        .put("source", "/cron")
        .put("type", "io.tidemark.BackupRequested.v1")
        .put("data", new JsonObject().put("domain", domain));
  }

  private Future<Void> watch(List<EventEnvelope<Event>> seen) {
    Topic[] topics =
        Arrays.stream(Topic.values())
            .filter(topic -> topic != Topic.DEAD_LETTERS)
            .toArray(Topic[]::new);
    EventConsumer reader = events.reader(topics);
    new CloudEvents().types().values().forEach(type -> keep(reader, type, seen));
    return reader.start();
  }

  private static <E extends Event> void keep(
      EventConsumer reader, Class<E> type, List<EventEnvelope<Event>> seen) {
    reader.onEnvelope(
        type,
        event -> {
          seen.add(new EventEnvelope<>(event.id(), event.source(), event.time(), event.event()));
          return Future.succeededFuture();
        });
  }

  private void send(JsonObject event) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap());
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer
          .send(new ProducerRecord<>(Topic.BACKUPS.topicName(), "web", event.encode()))
          .get(30, TimeUnit.SECONDS);
    }
  }
}
