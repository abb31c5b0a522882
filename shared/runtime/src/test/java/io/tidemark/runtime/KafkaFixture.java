package io.tidemark.runtime;

import static org.awaitility.Awaitility.await;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real broker for a class of tests, and events on it for each. */
abstract class KafkaFixture {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path directory;
  static EmbeddedBroker broker;

  final String group = "group-" + UUID.randomUUID();
  Vertx vertx;
  KafkaEvents events;

  private final List<KafkaEvents> opened = new ArrayList<>();

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(directory, 0);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() throws Exception {
    vertx = Vertx.vertx();
    events = connect(settings(broker.bootstrap()));
    get(events.createTopics());
  }

  @AfterEach
  void close() throws Exception {
    for (KafkaEvents each : opened) {
      get(each.close());
    }
    get(vertx.close());
  }

  static KafkaSettings settings(String bootstrap) {
    return KafkaSettings.of(bootstrap)
        .withTries(4, Duration.ofMillis(10))
        .withSessionTimeout(Duration.ofSeconds(6))
        .withDeliveryTimeout(Duration.ofSeconds(4));
  }

  KafkaEvents connect(KafkaSettings settings) {
    KafkaEvents connected = new KafkaEvents(vertx, settings, "/tidemark/test");
    opened.add(connected);
    return connected;
  }

  static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  static String newId() {
    return UUID.randomUUID().toString();
  }

  static BackupFailed failed(String backupId, String reason) {
    return new BackupFailed(backupId, Optional.empty(), "web", reason);
  }

  /** Handles the events of one backup with the handler, and passes over those of other tests. */
  static Function<BackupFailed, Future<Void>> only(
      String backupId, Function<String, Future<Void>> handler) {
    return event ->
        event.backupId().equals(backupId)
            ? handler.apply(event.reason())
            : Future.succeededFuture();
  }

  /** Collects the reasons of one backup's events. */
  static Function<BackupFailed, Future<Void>> collect(String backupId, List<String> reasons) {
    return only(
        backupId,
        reason -> {
          reasons.add(reason);
          return Future.succeededFuture();
        });
  }

  /** What any program without a line of Tidemark would do. */
  static void plainSend(Topic topic, String key, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>(topic.topicName(), key, value)).get(30, TimeUnit.SECONDS);
    }
  }

  /** Waits for that many messages of a topic which match, as any program would read them. */
  static List<ConsumerRecord<byte[], byte[]>> plainRead(
      Topic topic, int count, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic.topicName()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList());
      await()
          .atMost(PATIENCE)
          .until(() -> {
            for (var message : consumer.poll(Duration.ofMillis(100))) {
              if (wanted.test(message)) {
                found.add(message);
              }
            }
            return found.size() >= count;
          });
    }
    return found;
  }

  static String header(ConsumerRecord<byte[], byte[]> message, String name) {
    return new String(message.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
