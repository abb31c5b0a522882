package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.admin.KafkaAdminClient;
import io.vertx.kafka.admin.NewTopic;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the topics that are missing; waits for a broker that is away. */
final class KafkaTopics {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaTopics.class);
  private static final long RETRY_MILLIS = 500;

  /** The broker's default, which a cluster of one overrides. */
  private static final short DEFAULT_REPLICATION = -1;

  private final Vertx vertx;
  private final KafkaAdminClient admin;
  private final String bootstrapServers;
  private boolean complained;

  KafkaTopics(Vertx vertx, KafkaAdminClient admin, String bootstrapServers) {
    this.vertx = vertx;
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
  }

  Future<Void> create() {
    return admin
        .listTopics()
        .compose(this::createMissing)
        .onSuccess(v -> recovered())
        .recover(e -> retry(e));
  }

  private Future<Void> createMissing(Set<String> there) {
    List<NewTopic> missing =
        Arrays.stream(Topic.values())
            .filter(topic -> !there.contains(topic.topicName()))
            .map(KafkaTopics::describe)
            .toList();
    // Another service may be making them at the same moment; the next look tells.
    return missing.isEmpty() ? Future.succeededFuture() : admin.createTopics(missing);
  }

  private static NewTopic describe(Topic topic) {
    NewTopic described = new NewTopic(topic.topicName(), topic.partitions(), DEFAULT_REPLICATION);
    return described.setConfig(
        topic.compacted()
            ? Map.of("cleanup.policy", "compact")
            : Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(topic.retention().toMillis())));
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
