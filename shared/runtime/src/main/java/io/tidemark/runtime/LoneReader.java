package io.tidemark.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.common.PartitionInfo;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A reader of its own, of every partition, that commits nothing. */
final class LoneReader implements PartitionSource {
  private static final long RETRY_MILLIS = 500;
  private static final long LOOK_MILLIS = 25;

  private final Vertx vertx;
  private final Map<String, String> config;
  private final List<String> topics;
  private boolean fromNow;
  private Map<TopicPartition, Long> ends = Map.of();

  LoneReader(Vertx vertx, Map<String, String> config, List<String> topics) {
    this.vertx = vertx;
    this.config = Map.copyOf(config);
    this.topics = List.copyOf(topics);
  }

  @Override
  public Map<String, String> config() {
    return config;
  }

  @Override
  public boolean commits() {
    return false;
  }

  @Override
  public void fromNow() {
    fromNow = true;
  }

  @Override
  public Future<Void> attach(KafkaConsumer<String, byte[]> consumer) {
    return partitions(consumer)
        .compose(partitions -> attach(consumer, partitions))
        .recover(e -> vertx.timer(RETRY_MILLIS).compose(later -> attach(consumer)));
  }

  private Future<Void> attach(
      KafkaConsumer<String, byte[]> consumer, Set<TopicPartition> partitions) {
    return consumer
        .assign(partitions)
        .compose(v -> consumer.endOffsets(partitions))
        .compose(found -> {
          if (fromNow) {
            return seekTo(consumer, found);
          }
          ends = Map.copyOf(found);
          return consumer.seekToBeginning(partitions);
        });
  }

  /** To the ends as they are now, and not as they are when the first poll happens to run. */
  private static Future<Void> seekTo(
      KafkaConsumer<String, byte[]> consumer, Map<TopicPartition, Long> ends) {
    return Future.all(
            ends.entrySet().stream()
                .map(end -> consumer.seek(end.getKey(), end.getValue()))
                .toList())
        .mapEmpty();
  }

  /** A topic that isn't there yet will be: its partitions are waited for. */
  private Future<Set<TopicPartition>> partitions(KafkaConsumer<String, byte[]> consumer) {
    return Future.all(topics.stream().map(consumer::partitionsFor).toList())
        .map(all -> {
          Set<TopicPartition> partitions = new HashSet<>();
          for (int i = 0; i < topics.size(); i++) {
            List<PartitionInfo> infos = all.resultAt(i);
            if (infos == null || infos.isEmpty()) {
              throw new IllegalStateException("topic " + topics.get(i) + " is not there yet");
            }
            infos.forEach(
                info -> partitions.add(new TopicPartition(info.getTopic(), info.getPartition())));
          }
          return partitions;
        });
  }

  @Override
  public Future<Void> caughtUp(KafkaConsumer<String, byte[]> consumer, PartitionQueues queues) {
    return Future.all(
            ends.entrySet().stream()
                .map(end ->
                    consumer
                        .position(end.getKey())
                        .map(position -> position >= end.getValue() && queues.idle(end.getKey())))
                .toList())
        .compose(all ->
            all.list().stream().allMatch(Boolean.TRUE::equals)
                ? Future.succeededFuture()
                : vertx.timer(LOOK_MILLIS).compose(later -> caughtUp(consumer, queues)));
  }
}
