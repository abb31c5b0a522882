package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes topics and asks the broker how it is, through one admin client. Thread-safe. */
final class TopicAdmin {
  private static final long PAUSE_MILLIS = 1_000;
  private static final Duration CLOSE = Duration.ofSeconds(1);
  private static final long ONE_DAY_MILLIS = 24 * 60 * 60 * 1_000L;

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final BrokerWatch watch;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Lock lock = new ReentrantLock();
  // Guarded by the lock; made at first use, since an address may not be known at the start.
  private Optional<Admin> open = Optional.empty();

  TopicAdmin(Vertx vertx, KafkaSettings settings, BrokerWatch watch) {
    this.vertx = vertx;
    this.settings = settings;
    this.watch = watch;
  }

  /**
   * Creates those of the topics that are missing.
   *
   * @return completes when all are there, however long the broker is away; fails when this is
   *     closed meanwhile, or when the broker refuses a topic
   */
  Future<Void> create(Collection<Topic> topics) {
    return untilAnswered(() -> createMissing(topics));
  }

  /** Asks once. */
  Future<Boolean> answers() {
    return attempt(() -> done(admin().describeCluster().clusterId())).map(true).otherwise(false);
  }

  /**
   * Repeats what fails while the broker is away or not ready for it; any other failure is passed
   * on.
   */
  <T> Future<T> untilAnswered(Supplier<Future<T>> question) {
    return attempt(question)
        .recover(cause ->
            cause instanceof KafkaException && !closed.get()
                ? vertx.timer(PAUSE_MILLIS).compose(v -> untilAnswered(question))
                : Future.failedFuture(cause));
  }

  Future<Void> close() {
    closed.set(true);
    return vertx.executeBlocking(() -> {
      lock.lock();
      try {
        open.ifPresent(admin -> admin.close(CLOSE));
        open = Optional.empty();
      } finally {
        lock.unlock();
      }
      return null;
    });
  }

  private <T> Future<T> attempt(Supplier<Future<T>> question) {
    Future<T> answer;
    try {
      answer = question.get();
    } catch (KafkaException e) {
      // An address that no name server knows (yet) fails at once.
      answer = Future.failedFuture(e);
    }
    return answer
        .onSuccess(v -> watch.answered())
        .onFailure(cause -> {
          if (cause instanceof KafkaException && !closed.get()) {
            watch.failed(cause);
          }
        });
  }

  private Future<Void> createMissing(Collection<Topic> topics) {
    return done(admin().listTopics().names())
        .compose(present ->
            Future.join(
                    topics.stream()
                        .filter(topic -> !present.contains(topic.topicName()))
                        .map(this::create)
                        .toList())
                .mapEmpty());
  }

  private Future<Void> create(Topic topic) {
    // No replication factor of our own: a cluster has its default.
    NewTopic wanted =
        new NewTopic(topic.topicName(), Optional.of(topic.partitions()), Optional.empty())
            .configs(configuration(topic));
    return done(admin().createTopics(List.of(wanted)).all())
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

  private Admin admin() {
    if (closed.get()) {
      throw new IllegalStateException("the connection to the events is closed");
    }
    lock.lock();
    try {
      Admin admin = open.orElseGet(() -> Admin.create(settings.admin()));
      open = Optional.of(admin);
      return admin;
    } finally {
      lock.unlock();
    }
  }

  private <T> Future<T> done(KafkaFuture<T> answer) {
    return Future.fromCompletionStage(answer.toCompletionStage(), vertx.getOrCreateContext())
        .recover(cause ->
            Future.failedFuture(
                cause instanceof CompletionException && cause.getCause() != null
                    ? cause.getCause()
                    : cause));
  }
}
