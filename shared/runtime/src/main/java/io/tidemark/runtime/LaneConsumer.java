package io.tidemark.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Apache's consumer, with a {@link Lane} for each partition that it has. Everything that must
 * happen on the Kafka thread, between two polls or within a rebalance, happens here: messages go
 * into their lanes, full lanes are paused, handled offsets are committed, also before a partition
 * is given away. Polling itself never stops, so that a slow handler is not taken for a dead member.
 */
final class LaneConsumer extends KafkaConsumer<byte[], byte[]> {
  private static final Logger LOG = LoggerFactory.getLogger(LaneConsumer.class);
  private static final int FULL = 100;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * A consumer without work for that many polls rests: a poll ends with the first message anyway,
   * and ten a second in each of a suite's consumers cost more than all else that it does then.
   */
  private static final int POLLS_BEFORE_REST = 50;

  private static final Duration REST = Duration.ofSeconds(1);

  /**
   * A commit for every event costs the broker as much as the event. After a crash what was handled
   * last is handled again, which handlers bear anyway; partitions that move are committed at once.
   */
  private static final long BETWEEN_COMMITS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Map<TopicPartition, Lane> lanes = new ConcurrentHashMap<>();
  private final boolean commits;
  private final Runnable afterPoll;
  private String lastFailure = "";
  private int idlePolls;
  private long lastCommitNanos = System.nanoTime() - BETWEEN_COMMITS_NANOS;

  /**
   * @param commits whether handled offsets are committed, as a member of a group does
   * @param afterPoll called on the Kafka thread after every poll
   */
  LaneConsumer(Map<String, Object> settings, boolean commits, Runnable afterPoll) {
    super(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.commits = commits;
    this.afterPoll = afterPoll;
  }

  /** The lanes as they are now; from any thread. */
  Collection<Lane> lanes() {
    return List.copyOf(lanes.values());
  }

  /** Subscribes with lanes that come and go with the partitions; the listener is told as well. */
  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, new LaneKeeper(listener));
  }

  @Override
  public void assign(Collection<TopicPartition> partitions) {
    super.assign(partitions);
    open(partitions);
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    resumeLanes();
    if (commits) {
      commitHandled();
    }
    ConsumerRecords<byte[], byte[]> messages =
        pollOrPause(idlePolls < POLLS_BEFORE_REST ? timeout : REST);
    idlePolls =
        messages.isEmpty() && lanes.values().stream().noneMatch(Lane::hasWork) ? idlePolls + 1 : 0;
    messages.forEach(message ->
        lanes.get(new TopicPartition(message.topic(), message.partition())).offer(message));
    pauseFullLanes();
    afterPoll.run();
    return messages;
  }

  private ConsumerRecords<byte[], byte[]> pollOrPause(Duration timeout) {
    try {
      ConsumerRecords<byte[], byte[]> messages = super.poll(timeout);
      lastFailure = "";
      return messages;
    } catch (WakeupException | InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      if (!lastFailure.equals(String.valueOf(e.getMessage()))) {
        LOG.warn("Kafka does not give messages: {}; keeps trying", e.getMessage());
        lastFailure = String.valueOf(e.getMessage());
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      return ConsumerRecords.empty();
    }
  }

  private void resumeLanes() {
    resume(paused().stream().filter(partition -> lanes.get(partition).size() < FULL / 2).toList());
  }

  private void pauseFullLanes() {
    pause(
        lanes.values().stream().filter(lane -> lane.size() >= FULL).map(Lane::partition).toList());
  }

  private void commitHandled() {
    if (System.nanoTime() - lastCommitNanos < BETWEEN_COMMITS_NANOS) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = takeUncommitted(lanes.keySet());
    if (!offsets.isEmpty()) {
      lastCommitNanos = System.nanoTime();
      commitAsync(
          offsets,
          (committed, failure) -> {
            if (failure != null) {
              LOG.debug("a commit failed and is repeated: {}", failure.getMessage());
              onLanes(offsets.keySet(), (partition, lane) -> lane.commitFailed());
            }
          });
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> takeUncommitted(
      Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    onLanes(
        partitions,
        (partition, lane) ->
            lane.uncommitted()
                .ifPresent(offset -> {
                  offsets.put(partition, new OffsetAndMetadata(offset));
                  lane.committed(offset);
                }));
    return offsets;
  }

  private void open(Collection<TopicPartition> partitions) {
    partitions.forEach(partition -> lanes.computeIfAbsent(partition, Lane::new));
  }

  private void closeLanes(Collection<TopicPartition> partitions) {
    onLanes(partitions, (partition, lane) -> lane.close());
    partitions.forEach(lanes::remove);
  }

  private void onLanes(
      Collection<TopicPartition> partitions, BiConsumer<TopicPartition, Lane> action) {
    for (TopicPartition partition : partitions) {
      Lane lane = lanes.get(partition);
      if (lane != null) {
        action.accept(partition, lane);
      }
    }
  }

  /** Opens and closes lanes within a rebalance, on the Kafka thread. */
  private final class LaneKeeper implements ConsumerRebalanceListener {
    private final ConsumerRebalanceListener next;

    LaneKeeper(ConsumerRebalanceListener next) {
      this.next = next;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      open(partitions);
      next.onPartitionsAssigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commitBeforeTheyGo(partitions);
      closeLanes(partitions);
      next.onPartitionsRevoked(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      // Others have them already: a commit would be refused.
      closeLanes(partitions);
      next.onPartitionsLost(partitions);
    }

    private void commitBeforeTheyGo(Collection<TopicPartition> partitions) {
      // All handled offsets, not just those of the last instant: a commit under way may yet fail.
      onLanes(partitions, (partition, lane) -> lane.commitFailed());
      Map<TopicPartition, OffsetAndMetadata> offsets = takeUncommitted(partitions);
      if (commits && !offsets.isEmpty()) {
        try {
          commitSync(offsets);
        } catch (KafkaException e) {
          LOG.warn(
              "{} partitions went to another member before their last offsets were committed; it"
                  + " handles some events again: {}",
              offsets.size(),
              e.getMessage());
        }
      }
    }
  }
}
