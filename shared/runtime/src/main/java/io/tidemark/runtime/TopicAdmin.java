package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics and asks the broker how it is, through one admin client. Thread-safe. */
final class TopicAdmin {
  private static final long PAUSE_MILLIS = 1_000;
  private static final short BROKERS_DEFAULT = -1;
  private static final long ONE_DAY_MILLIS = 24 * 60 * 60 * 1_000L;

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final BrokerWatch watch;
  private final AtomicReference<KafkaAdminClient> client = new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  TopicAdmin(Vertx vertx, KafkaSettings settings, BrokerWatch watch) {
    this.vertx = vertx;
    this.settings = settings;
    this.watch = watch;
  }

  /**
   * Creates those of the topics that are missing.
   *
   * @return completes when all are there, however long the broker is away; fails only when this is
   *     closed meanwhile
   */
  Future<Void> create(Collection<Topic> topics) {
    return untilAnswered(() -> createMissing(topics));
  }

  /** Asks once. */
  Future<Boolean> answers() {
    return attempt(() -> client().describeCluster().<Void>mapEmpty()).map(true).otherwise(false);
  }

  /** Repeats what fails while the broker is away or not ready for it. */
  <T> Future<T> untilAnswered(Supplier<Future<T>> question) {
    return attempt(question)
        .recover(cause ->
            closed.get()
                ? Future.failedFuture(new IllegalStateException("closed meanwhile", cause))
                : vertx.timer(PAUSE_MILLIS).compose(v -> untilAnswered(question)));
  }

  Future<Void> close() {
    closed.set(true);
    KafkaAdminClient open = client.getAndSet(null);
    return open == null ? Future.succeededFuture() : open.close(PAUSE_MILLIS);
  }

  private <T> Future<T> attempt(Supplier<Future<T>> question) {
    Future<T> answer;
    try {
      answer = question.get();
    } catch (RuntimeException e) {
      // An address that no name server knows (yet) fails at once.
      answer = Future.failedFuture(e);
    }
    return answer.onSuccess(v -> watch.answered()).onFailure(watch::failed);
  }

  private Future<Void> createMissing(Collection<Topic> topics) {
    return client()
        .listTopics()
        .compose(present ->
            Future.join(
                    topics.stream()
                        .filter(topic -> !present.contains(topic.topicName()))
                        .map(this::create)
                        .toList())
                .mapEmpty());
  }

  private Future<Void> create(Topic topic) {
    NewTopic wanted =
        new NewTopic(topic.topicName(), topic.partitions(), BROKERS_DEFAULT)
            .setConfig(configuration(topic));
    return client()
        .createTopics(List.of(wanted))
        .recover(cause ->
            cause instanceof TopicExistsException
                ? Future.succeededFuture()
                : Future.failedFuture(cause));
  }

  private static Map<String, String> configuration(Topic topic) {
    return topic.compacted()
        ? Map.of("cleanup.policy", "compact", "segment.ms", Long.toString(ONE_DAY_MILLIS))
        : Map.of(
            "cleanup.policy",
            "delete",
            "retention.ms",
            Long.toString(topic.retention().toMillis()));
  }

  private KafkaAdminClient client() {
    return client.updateAndGet(open -> open == null ? connect() : open);
  }

  private KafkaAdminClient connect() {
    Properties properties = new Properties();
    properties.putAll(settings.admin());
    return KafkaAdminClient.create(vertx, properties);
  }
}
