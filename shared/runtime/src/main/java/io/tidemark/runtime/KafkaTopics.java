package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing; waits for a broker that is away. On Apache's own client:
 * Vert.x's can't leave the replication to the broker.
 */
final class KafkaTopics {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
  private static final long RETRY_MILLIS = 500;

  private final Vertx vertx;
  private final Admin admin;
  private final String bootstrapServers;
  private boolean complained;

  KafkaTopics(Vertx vertx, Admin admin, String bootstrapServers) {
    this.vertx = vertx;
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
  }

  Future<Void> create() {
    return future(admin.listTopics().names())
        .compose(this::createMissing)
        .onSuccess(v -> recovered())
        .recover(this::retry);
  }

  private Future<Void> createMissing(Set<String> there) {
    List<NewTopic> missing =
        Arrays.stream(Topic.values())
            .filter(topic -> !there.contains(topic.topicName()))
            .map(KafkaTopics::describe)
            .toList();
    // Another service may be making them at the same moment; the next look tells.
    return missing.isEmpty() ? Future.succeededFuture() : future(admin.createTopics(missing).all());
  }

  private static NewTopic describe(Topic topic) {
    NewTopic described =
        new NewTopic(topic.topicName(), Optional.of(topic.partitions()), Optional.empty());
    return described.configs(
        topic.compacted()
            ? Map.of("cleanup.policy", "compact")
            : Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(topic.retention().toMillis())));
  }

  private <T> Future<T> future(KafkaFuture<T> future) {
    return Future.fromCompletionStage(future.toCompletionStage(), vertx.getOrCreateContext());
  }

  private Future<Void> retry(Throwable e) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "Kafka at {} does not answer ({}); Tidemark keeps trying",
          bootstrapServers,
          e.getMessage());
    }
    return vertx.timer(RETRY_MILLIS).compose(later -> create());
  }

  private void recovered() {
    if (complained) {
      complained = false;
      LOG.info("Kafka at {} answers again", bootstrapServers);
    }
  }
}
