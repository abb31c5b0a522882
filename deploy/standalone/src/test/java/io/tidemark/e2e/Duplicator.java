package io.tidemark.e2e;

import io.tidemark.events.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Publishes every message that it sees once more, as a broker may that was not sure. */
final class Duplicator implements AutoCloseable {
  private static final String COPY = "copy";

  private final AtomicInteger copies = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stop;

  Duplicator(String bootstrap) {
    this.thread = Thread.ofPlatform().name("duplicator").start(() -> run(bootstrap));
  }

  int copies() {
    return copies.get();
  }

  private void run(String bootstrap) {
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                Map.of(
                    "bootstrap.servers", bootstrap,
                    "group.id", "duplicator",
                    "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      consumer.subscribe(Arrays.stream(Topic.values()).map(Topic::topicName).toList());
      while (!stop) {
        consumer.poll(Duration.ofMillis(50)).forEach(message -> copy(message, producer));
      }
    }
  }

  private void copy(
      ConsumerRecord<byte[], byte[]> message, KafkaProducer<byte[], byte[]> producer) {
    if (message.headers().lastHeader(COPY) != null) {
      return;
    }
    ProducerRecord<byte[], byte[]> again =
        new ProducerRecord<>(
            message.topic(),
            message.partition(),
            message.key(),
            message.value(),
            message.headers());
    again.headers().add(COPY, "1".getBytes(StandardCharsets.UTF_8));
    var unused = producer.send(again);
    copies.incrementAndGet();
  }

  @Override
  public void close() {
    stop = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
