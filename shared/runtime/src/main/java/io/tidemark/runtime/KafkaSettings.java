package io.tidemark.runtime;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How a process talks to Kafka.
 *
 * @param bootstrap {@code HOST:PORT} of one or more brokers, separated by commas
 * @param tries how often a handler is given an event before its message goes to the dead letters
 * @param firstPause before the second try; doubles up to {@code longestPause} with every further
 * @param longestPause between two tries of a handler
 * @param sessionTimeout how long a consumer may be silent before its partitions go to others
 * @param deliveryTimeout after which an event that no broker took fails to be published
 */
public record KafkaSettings(
    String bootstrap,
    int tries,
    Duration firstPause,
    Duration longestPause,
    Duration sessionTimeout,
    Duration deliveryTimeout) {

  // What the clients do alike, whichever service they work for.
  private static final int POLL_RECORDS = 50;
  private static final int RECONNECT_MILLIS = 100;
  private static final int LONGEST_RECONNECT_MILLIS = 2_000;
  private static final int METADATA_AGE_MILLIS = 30_000;
  private static final int REQUEST_MILLIS = 5_000;

  public KafkaSettings {
    if (bootstrap.isBlank()) {
      throw new IllegalArgumentException("no address of a Kafka broker is given");
    }
    if (tries < 1) {
      throw new IllegalArgumentException("tries must be at least 1, not " + tries);
    }
  }

  /** The defaults: about seven minutes of tries, so that a database may restart meanwhile. */
  public static KafkaSettings of(String bootstrap) {
    return new KafkaSettings(
        bootstrap,
        20,
        Duration.ofMillis(200),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }

  /** The same with another number of tries, and another pause before the second. */
  public KafkaSettings withTries(int newTries, Duration newFirstPause) {
    return new KafkaSettings(
        bootstrap, newTries, newFirstPause, longestPause, sessionTimeout, deliveryTimeout);
  }

  /** The same with another time until a silent consumer loses its partitions. */
  public KafkaSettings withSessionTimeout(Duration newSessionTimeout) {
    return new KafkaSettings(
        bootstrap, tries, firstPause, longestPause, newSessionTimeout, deliveryTimeout);
  }

  /** The same with another time until an event that no broker took fails to be published. */
  public KafkaSettings withDeliveryTimeout(Duration newDeliveryTimeout) {
    return new KafkaSettings(
        bootstrap, tries, firstPause, longestPause, sessionTimeout, newDeliveryTimeout);
  }

  /** The pause after a failed try, in milliseconds. */
  long pauseAfter(int failedTries) {
    int doublings = Math.min(failedTries - 1, 30);
    return Math.min(firstPause.toMillis() << doublings, longestPause.toMillis());
  }

  Map<String, Object> producer() {
    return Map.ofEntries(
        Map.entry("bootstrap.servers", bootstrap),
        Map.entry("acks", "all"),
        Map.entry("enable.idempotence", true),
        Map.entry("linger.ms", 5),
        Map.entry("partitioner.class", SpreadingPartitioner.class),
        Map.entry("max.block.ms", Math.min(10_000, deliveryTimeout.toMillis())),
        Map.entry("delivery.timeout.ms", Math.toIntExact(deliveryTimeout.toMillis())),
        Map.entry(
            "request.timeout.ms",
            Math.min(REQUEST_MILLIS, Math.toIntExact(deliveryTimeout.toMillis() / 2))),
        Map.entry("reconnect.backoff.ms", RECONNECT_MILLIS),
        Map.entry("reconnect.backoff.max.ms", LONGEST_RECONNECT_MILLIS));
  }

  Map<String, Object> groupMember(String group) {
    return with(
        consumer("earliest"),
        Map.of(
            "group.id",
            group,
            "session.timeout.ms",
            Math.toIntExact(sessionTimeout.toMillis()),
            "heartbeat.interval.ms",
            Math.toIntExact(sessionTimeout.toMillis() / 5),
            // A member that joins or leaves disturbs only the partitions that move.
            "partition.assignment.strategy",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
  }

  Map<String, Object> reader(boolean fromNow) {
    return consumer(fromNow ? "latest" : "earliest");
  }

  Map<String, Object> admin() {
    return Map.of(
        "bootstrap.servers",
        bootstrap,
        "request.timeout.ms",
        REQUEST_MILLIS,
        "default.api.timeout.ms",
        REQUEST_MILLIS,
        "reconnect.backoff.ms",
        RECONNECT_MILLIS,
        "reconnect.backoff.max.ms",
        LONGEST_RECONNECT_MILLIS);
  }

  private Map<String, Object> consumer(String startWhereNothingIsCommitted) {
    return with(
        admin(),
        Map.of(
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            startWhereNothingIsCommitted,
            "allow.auto.create.topics",
            false,
            "max.poll.records",
            POLL_RECORDS,
            // Topics that are made or grow while we run are found this soon.
            "metadata.max.age.ms",
            METADATA_AGE_MILLIS));
  }

  private static Map<String, Object> with(Map<String, Object> base, Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(base);
    all.putAll(more);
    return Map.copyOf(all);
  }
}
