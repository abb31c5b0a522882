package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.producer.KafkaWriteStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Puts events and dead letters on their topics. Thread-safe; futures as in {@link Events}. */
final class EventProducer {
  private static final long CLOSE_MILLIS = 5_000;

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final CloudEvents cloudEvents;
  private final Lock lock = new ReentrantLock();
  // Both guarded by the lock; made at first use, since an address may not be known at the start.
  private Optional<KafkaWriteStream<byte[], byte[]>> open = Optional.empty();
  private boolean closed;

  EventProducer(Vertx vertx, KafkaSettings settings, CloudEvents cloudEvents) {
    this.vertx = vertx;
    this.settings = settings;
    this.cloudEvents = cloudEvents;
  }

  Future<Void> publish(EventEnvelope<?> envelope) {
    String type = envelope.event().getClass().getSimpleName();
    String key = envelope.event().key();
    try {
      ProducerRecord<byte[], byte[]> message =
          new ProducerRecord<>(
              envelope.event().topic().topicName(), bytes(key), cloudEvents.encode(envelope));
      message
          .headers()
          .add("content-type", bytes(CloudEvents.CONTENT_TYPE))
          .add(CloudEvents.TYPE_HEADER, bytes(CloudEvents.typeOf(envelope.event().getClass())));
      return send(message, type + " of " + key);
    } catch (RuntimeException e) {
      return Future.failedFuture(notPublished(type + " of " + key, e));
    }
  }

  /** Puts a message on the dead-letter topic as it came, with the reason in headers. */
  Future<Void> bury(ConsumerRecord<byte[], byte[]> message, String group, String reason) {
    try {
      ProducerRecord<byte[], byte[]> letter =
          new ProducerRecord<>(Topic.DEAD_LETTERS.topicName(), message.key(), message.value());
      message.headers().forEach(letter.headers()::add);
      letter.headers().add("tidemark-reason", bytes(reason));
      letter.headers().add("tidemark-group", bytes(group));
      letter
          .headers()
          .add(
              "tidemark-origin",
              bytes(message.topic() + "/" + message.partition() + "/" + message.offset()));
      return send(letter, "a dead letter");
    } catch (RuntimeException e) {
      return Future.failedFuture(notPublished("a dead letter", e));
    }
  }

  Future<Void> close() {
    lock.lock();
    try {
      closed = true;
      return open.map(stream -> stream.close(CLOSE_MILLIS)).orElseGet(Future::succeededFuture);
    } finally {
      lock.unlock();
    }
  }

  private Future<Void> send(ProducerRecord<byte[], byte[]> message, String what) {
    return stream().write(message).recover(cause -> Future.failedFuture(notPublished(what, cause)));
  }

  private KafkaWriteStream<byte[], byte[]> stream() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the connection to the events is closed");
      }
      KafkaWriteStream<byte[], byte[]> stream = open.orElseGet(this::connect);
      open = Optional.of(stream);
      return stream;
    } finally {
      lock.unlock();
    }
  }

  private KafkaWriteStream<byte[], byte[]> connect() {
    return KafkaWriteStream.<byte[], byte[]>create(
            vertx,
            new KafkaProducer<>(
                new HashMap<>(settings.producer()),
                new ByteArraySerializer(),
                new ByteArraySerializer()))
        // Who published learns of a failure from the future.
        .exceptionHandler(told -> {});
  }

  private NotPublishedException notPublished(String what, Throwable cause) {
    return new NotPublishedException(
        what
            + " could not be published to Kafka at "
            + settings.bootstrap()
            + ": "
            + cause.getMessage(),
        cause);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
