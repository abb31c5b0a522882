package io.tidemark.runtime;

import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** A consumer of its own that has every partition of its topics, and commits nothing. */
final class TopicReader extends KafkaEventConsumer {
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final KafkaParts parts;
  private final List<Topic> topics;
  private volatile boolean fromNow;

  TopicReader(KafkaParts parts, List<Topic> topics, DeadLetters deadLetters) {
    super(parts, topics, deadLetters);
    this.parts = parts;
    this.topics = topics;
  }

  @Override
  public EventConsumer fromNow() {
    fromNow = true;
    return this;
  }

  @Override
  Future<Void> begin() {
    KafkaReadStream<byte[], byte[]> stream = open(parts.settings().reader(fromNow), false);
    return parts
        .admin()
        .untilAnswered(() -> takePlace(stream))
        .compose(ends -> fromNow ? Future.succeededFuture() : caughtUp(stream, ends));
  }

  /** Assigns the partitions and fixes where they start; gives where they end now. */
  private Future<Map<TopicPartition, Long>> takePlace(KafkaReadStream<byte[], byte[]> stream) {
    return partitions(stream)
        .compose(partitions ->
            stream
                .assign(partitions)
                .compose(v -> positions(stream, partitions))
                .compose(v -> stream.endOffsets(partitions)));
  }

  private Future<Set<TopicPartition>> partitions(KafkaReadStream<byte[], byte[]> stream) {
    return Future.join(topics.stream().map(topic -> partitions(stream, topic)).toList())
        .map(all ->
            all.<List<PartitionInfo>>list().stream()
                .flatMap(List::stream)
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .collect(Collectors.toSet()));
  }

  // A topic made a moment ago may not be in the broker's metadata yet.
  private Future<List<PartitionInfo>> partitions(
      KafkaReadStream<byte[], byte[]> stream, Topic topic) {
    return stream
        .partitionsFor(topic.topicName())
        .compose(known ->
            known == null || known.isEmpty()
                ? parts.vertx().timer(LOOK_AGAIN_MILLIS).compose(v -> partitions(stream, topic))
                : Future.succeededFuture(known));
  }

  private Future<Map<TopicPartition, Long>> positions(
      KafkaReadStream<byte[], byte[]> stream, Set<TopicPartition> partitions) {
    List<TopicPartition> order = List.copyOf(partitions);
    return Future.join(order.stream().map(stream::position).toList())
        .map(all -> {
          List<Long> offsets = all.list();
          return IntStream.range(0, order.size())
              .boxed()
              .collect(Collectors.toMap(order::get, offsets::get));
        });
  }

  private Future<Void> caughtUp(
      KafkaReadStream<byte[], byte[]> stream, Map<TopicPartition, Long> ends) {
    if (isStopping()) {
      return stopped();
    }
    return parts
        .admin()
        .untilAnswered(() -> positions(stream, ends.keySet()))
        .compose(positions ->
            lanes().stream().allMatch(lane -> isPast(lane, ends, positions))
                ? Future.succeededFuture()
                : parts.vertx().timer(LOOK_AGAIN_MILLIS).compose(v -> caughtUp(stream, ends)));
  }

  private static boolean isPast(
      Lane lane, Map<TopicPartition, Long> ends, Map<TopicPartition, Long> positions) {
    TopicPartition partition = lane.partition();
    return lane.isPast(ends.get(partition), positions.get(partition));
  }
}
