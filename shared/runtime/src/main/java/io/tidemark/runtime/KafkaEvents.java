package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events of the suite on Kafka. */
public final class KafkaEvents implements Events {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaEvents.class);
  private static final long WATCH_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private final String source;
  private final Vertx vertx;
  private final EventProducer producer;
  private final TopicAdmin admin;
  private final KafkaParts parts;
  private final long watchTimer;
  private final Queue<EventConsumer> consumers = new ConcurrentLinkedQueue<>();

  /**
   * Connects in the background: a broker that is away is waited for, whatever is called.
   *
   * @param source who speaks, as in the events' CloudEvents attribute, for example {@code
   *     /tidemark/checkpointer}
   */
  public KafkaEvents(Vertx vertx, KafkaSettings settings, String source) {
    CloudEvents cloudEvents = new CloudEvents();
    this.vertx = vertx;
    this.source = source;
    this.producer = new EventProducer(vertx, settings, cloudEvents);
    this.admin = new TopicAdmin(vertx, settings, new BrokerWatch(settings.bootstrap()));
    this.parts = new KafkaParts(vertx, settings, cloudEvents, admin);
    this.watchTimer = vertx.setPeriodic(WATCH_MILLIS, id -> admin.answers());
  }

  @Override
  public Future<Void> publish(String id, Event event) {
    // Milliseconds are what every reader of RFC 3339 times keeps.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    return publish(new EventEnvelope<>(id, source, now, event));
  }

  @Override
  public Future<Void> publish(EventEnvelope<?> envelope) {
    return producer.publish(envelope);
  }

  @Override
  public EventConsumer consumer(String group, Topic... topics) {
    return kept(
        new GroupMember(
            parts, group, List.of(topics), (message, reason) -> bury(message, group, reason)));
  }

  @Override
  public EventConsumer reader(Topic... topics) {
    return kept(new TopicReader(parts, List.of(topics), KafkaEvents::passOver));
  }

  @Override
  public Future<Void> createTopics() {
    return admin.create(List.of(Topic.values()));
  }

  @Override
  public Future<Boolean> healthy() {
    return admin.answers();
  }

  @Override
  public Future<Void> close() {
    vertx.cancelTimer(watchTimer);
    return Future.join(consumers.stream().map(EventConsumer::stop).toList())
        .eventually(producer::close)
        .eventually(admin::close)
        .mapEmpty();
  }

  private EventConsumer kept(EventConsumer consumer) {
    consumers.add(consumer);
    return consumer;
  }

  private Future<Void> bury(
      ConsumerRecord<byte[], byte[]> message, String group, Throwable reason) {
    LOG.error(
        "a message could not be handled and goes to {}: {} [group: {}, topic: {}, partition: {},"
            + " offset: {}]",
        Topic.DEAD_LETTERS.topicName(),
        firstLine(reason),
        group,
        message.topic(),
        message.partition(),
        message.offset());
    return admin
        .create(List.of(Topic.DEAD_LETTERS))
        .compose(v -> producer.bury(message, group, String.valueOf(reason.getMessage())));
  }

  // A reader sees all that is kept again at its next start: a letter each time would be no news.
  private static Future<Void> passOver(ConsumerRecord<byte[], byte[]> message, Throwable reason) {
    LOG.warn(
        "a message could not be read and is passed over [topic: {}, partition: {}, offset: {}]: {}",
        message.topic(),
        message.partition(),
        message.offset(),
        firstLine(reason));
    return Future.succeededFuture();
  }

  private static String firstLine(Throwable reason) {
    return String.valueOf(reason.getMessage()).lines().findFirst().orElse("");
  }
}
