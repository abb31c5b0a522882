package io.tidemark.runtime;

import io.vertx.core.Future;
import io.vertx.kafka.client.common.TopicPartition;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.consumer.KafkaConsumerRecord;
import io.vertx.kafka.client.consumer.OffsetAndMetadata;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records waiting to be handled, partition by partition, one at a time in each. A partition that
 * has records waiting is paused at the broker, while the others go on and the client keeps polling,
 * so that the group does not take it for dead. Confined to one context.
 */
final class PartitionQueues {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionQueues.class);

  private final KafkaConsumer<String, byte[]> consumer;
  private final boolean commits;
  private final Function<KafkaConsumerRecord<String, byte[]>, Future<Void>> handler;
  private final Map<TopicPartition, Lane> lanes = new HashMap<>();
  private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
  private Future<Void> commit = Future.succeededFuture();
  private boolean committing;
  private boolean stopped;

  /** One partition's records, for as long as the partition is ours. */
  private static final class Lane {
    private final Queue<KafkaConsumerRecord<String, byte[]>> waiting = new ArrayDeque<>();
    private Future<Void> running = Future.succeededFuture();
    private boolean busy;
  }

  PartitionQueues(
      KafkaConsumer<String, byte[]> consumer,
      boolean commits,
      Function<KafkaConsumerRecord<String, byte[]>, Future<Void>> handler) {
    this.consumer = consumer;
    this.commits = commits;
    this.handler = handler;
  }

  void add(KafkaConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    Lane lane = lanes.computeIfAbsent(partition, p -> new Lane());
    lane.waiting.add(record);
    if (!lane.busy) {
      lane.busy = true;
      ignore(consumer.pause(partition));
      next(partition, lane);
    }
  }

  /**
   * Partitions that are no longer ours: what waits is somebody else's now, and what runs is not
   * committed.
   */
  void revoke(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> {
      lanes.remove(partition);
      uncommitted.remove(partition);
    });
  }

  boolean idle(TopicPartition partition) {
    return !lanes.containsKey(partition) || !lanes.get(partition).busy;
  }

  /** Takes up nothing more; completes when what runs has ended and its offsets are committed. */
  Future<Void> drain() {
    stopped = true;
    return Future.join(
            Stream.concat(
                    Stream.of(Future.<Void>succeededFuture()),
                    lanes.values().stream().map(lane -> lane.running))
                .toList())
        .transform(ended -> commitNow());
  }

  private void next(TopicPartition partition, Lane lane) {
    KafkaConsumerRecord<String, byte[]> record = lane.waiting.poll();
    if (record == null || stopped) {
      lane.busy = false;
      ignore(consumer.resume(partition));
      return;
    }
    lane.running =
        handler
            .apply(record)
            .andThen(handled -> {
              // The same lane still being there says that the partition was ours all along.
              if (handled.succeeded() && lanes.get(partition) == lane) {
                done(partition, record.offset() + 1);
              }
              if (lanes.get(partition) == lane) {
                next(partition, lane);
              }
            });
  }

  private void done(TopicPartition partition, long offset) {
    if (commits) {
      uncommitted.put(partition, new OffsetAndMetadata(offset, ""));
      commitSoon();
    }
  }

  /**
   * Commits share the client's thread with its polls: what comes while one is under way goes with
   * the next.
   */
  private void commitSoon() {
    if (!committing) {
      committing = true;
      commit =
          commitNow()
              .eventually(() -> {
                committing = false;
                if (!uncommitted.isEmpty() && !stopped) {
                  commitSoon();
                }
                return Future.succeededFuture();
              });
    }
  }

  private Future<Void> commitNow() {
    if (uncommitted.isEmpty()) {
      return commit;
    }
    Map<TopicPartition, OffsetAndMetadata> now = new HashMap<>(uncommitted);
    uncommitted.clear();
    return consumer
        .commit(now)
        .<Void>mapEmpty()
        .recover(e -> {
          // The events come again to whoever has the partition now; handlers are idempotent.
          LOG.debug("Offsets could not be committed [partitions: {}]", now.keySet(), e);
          return Future.succeededFuture();
        });
  }

  private static void ignore(Future<Void> future) {
    future.onFailure(e -> LOG.debug("A partition could not be paused or resumed", e));
  }
}
