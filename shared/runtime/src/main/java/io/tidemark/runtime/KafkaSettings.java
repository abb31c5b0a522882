package io.tidemark.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How the broker is reached and how patient consumers are.
 *
 * @param bootstrapServers {@code host:port[,host:port…]}
 * @param sessionTimeout after which a silent member of a group is taken for dead
 * @param firstRetry pause before an event is tried again for the first time; doubles with each try
 * @param longestRetry the longest such pause
 * @param tries after which an event is set aside on the dead-letter topic
 */
public record KafkaSettings(
    String bootstrapServers,
    Duration sessionTimeout,
    Duration firstRetry,
    Duration longestRetry,
    int tries) {
  /**
   * How long a poll waits for news; commits wait for it too, since they share the client's thread.
   */
  static final Duration POLL_TIMEOUT = Duration.ofMillis(100);

  private static final int POLL_RECORDS = 50;

  /** Ten seconds until a member counts as dead; retries from 200 ms to 10 s, 60 of them. */
  public static KafkaSettings of(String bootstrapServers) {
    return new KafkaSettings(
        bootstrapServers,
        Duration.ofSeconds(10),
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        60);
  }

  Map<String, String> producer() {
    Map<String, String> config = common();
    config.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
    config.put("value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
    config.put("acks", "all");
    config.put("enable.idempotence", "true");
    config.put("delivery.timeout.ms", "30000");
    config.put("request.timeout.ms", "10000");
    config.put("max.block.ms", "15000");
    return config;
  }

  /** For a reader that belongs to no group. */
  Map<String, String> reader() {
    Map<String, String> config = common();
    config.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    config.put("value.deserializer", "org.apache.kafka.common.serialization.ByteArrayDeserializer");
    config.put("enable.auto.commit", "false");
    config.put("auto.offset.reset", "earliest");
    config.put("allow.auto.create.topics", "false");
    config.put("max.poll.records", Integer.toString(POLL_RECORDS));
    return config;
  }

  Map<String, String> member(String group) {
    Map<String, String> config = reader();
    config.put("group.id", group);
    config.put("session.timeout.ms", Long.toString(sessionTimeout.toMillis()));
    config.put("heartbeat.interval.ms", Long.toString(sessionTimeout.toMillis() / 4));
    return config;
  }

  Map<String, String> admin() {
    Map<String, String> config = common();
    config.put("request.timeout.ms", "4000");
    config.put("default.api.timeout.ms", "5000");
    return config;
  }

  private Map<String, String> common() {
    Map<String, String> config = new HashMap<>();
    config.put("bootstrap.servers", bootstrapServers);
    config.put("reconnect.backoff.ms", "100");
    config.put("reconnect.backoff.max.ms", "2000");
    config.put("metadata.max.age.ms", "30000");
    return config;
  }
}
