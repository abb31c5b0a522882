package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaProducer;
import io.vertx.kafka.client.producer.KafkaProducerRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;

/** {@link Events} on Kafka, as CloudEvents in structured JSON. */
public final class KafkaEvents implements Events {
  private static final String CONTENT_TYPE_HEADER = "content-type";
  private static final String REASON_HEADER = "tidemark-reason";

  private static final Duration ADMIN_CLOSE_PATIENCE = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final String source;
  private final Clock clock = Clock.systemUTC();
  private final CloudEvents codec = new CloudEvents();
  private final Context producerContext;
  private final KafkaProducer<String, byte[]> producer;
  private final Admin admin;
  private final KafkaTopics topics;
  private final List<EventConsumer> consumers = new CopyOnWriteArrayList<>();

  /**
   * @param source who speaks, as CloudEvents call it, for example {@code /tidemark/checkpointer}
   */
  public KafkaEvents(Vertx vertx, KafkaSettings settings, String source) {
    this.vertx = vertx;
    this.settings = settings;
    this.source = source;
    this.producerContext = vertx.getOrCreateContext();
    this.producer = KafkaProducer.create(vertx, settings.producer());
    this.admin = Admin.create(Map.copyOf(settings.admin()));
    this.topics = new KafkaTopics(vertx, admin, settings.bootstrapServers());
  }

  @Override
  public Future<Void> publish(String id, Event event) {
    return publish(new EventEnvelope<>(id, source, clock.instant(), event));
  }

  @Override
  public Future<Void> publish(EventEnvelope<?> envelope) {
    KafkaProducerRecord<String, byte[]> record =
        KafkaProducerRecord.create(
            envelope.event().topic().topicName(), envelope.event().key(), codec.encode(envelope));
    record.addHeader(CONTENT_TYPE_HEADER, CloudEvents.CONTENT_TYPE);
    return send(record);
  }

  /** Sets a message aside as it came. */
  Future<Void> deadLetter(String key, byte[] value, String reason) {
    KafkaProducerRecord<String, byte[]> record =
        KafkaProducerRecord.create(Topic.DEAD_LETTERS.topicName(), key, value);
    record.addHeader(REASON_HEADER, reason);
    return send(record);
  }

  @Override
  public EventConsumer consumer(String group, Topic... from) {
    return remember(
        new KafkaEventConsumer(
            vertx,
            settings,
            new GroupMember(settings.member(group), names(from)),
            codec,
            this::deadLetter));
  }

  @Override
  public EventConsumer reader(Topic... from) {
    return remember(
        new KafkaEventConsumer(
            vertx,
            settings,
            new LoneReader(vertx, settings.reader(), names(from)),
            codec,
            this::deadLetter));
  }

  @Override
  public Future<Void> createTopics() {
    return topics.create();
  }

  @Override
  public Future<Boolean> healthy() {
    return Future.fromCompletionStage(
            admin.describeCluster().clusterId().toCompletionStage(), vertx.getOrCreateContext())
        .map(true)
        .otherwise(false);
  }

  @Override
  public Future<Void> close() {
    return Future.join(consumers.stream().map(EventConsumer::stop).toList())
        .transform(stopped -> producer.close())
        .transform(closed -> closeAdmin());
  }

  private Future<Void> closeAdmin() {
    return vertx.executeBlocking(() -> {
      admin.close(ADMIN_CLOSE_PATIENCE);
      return null;
    });
  }

  /** The producer's bookkeeping is not thread-safe: every send goes through one context. */
  private Future<Void> send(KafkaProducerRecord<String, byte[]> record) {
    Context caller = Vertx.currentContext();
    Promise<Void> sent = Promise.promise();
    producerContext.runOnContext(v ->
        producer
            .send(record)
            .<Void>mapEmpty()
            .onComplete(result -> {
              if (caller == null || caller.equals(producerContext)) {
                sent.handle(result);
              } else {
                caller.runOnContext(w -> sent.handle(result));
              }
            }));
    return sent.future();
  }

  private EventConsumer remember(EventConsumer consumer) {
    consumers.add(consumer);
    return consumer;
  }

  private static List<String> names(Topic... topics) {
    return Arrays.stream(topics).map(Topic::topicName).toList();
  }
}
