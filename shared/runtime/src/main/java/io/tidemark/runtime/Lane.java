package io.tidemark.runtime;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * One partition for as long as a consumer has it: what was polled and waits, and how far it is
 * handled. A partition that is taken away and given back gets a new lane; the old one is closed,
 * and what its last handler still does counts no more.
 *
 * <p>The Kafka thread fills it and reads how far it is; the handlers' context takes from it.
 */
final class Lane {
  private static final long NOTHING = -1;

  private final TopicPartition partition;
  private final Queue<ConsumerRecord<byte[], byte[]>> waiting = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;
  private volatile boolean busy;
  // The offset after the last handled message; written by the handlers' context.
  private volatile long handled = NOTHING;
  // The offset that was last given to a commit; the Kafka thread's own.
  private long committed = NOTHING;

  Lane(TopicPartition partition) {
    this.partition = partition;
  }

  TopicPartition partition() {
    return partition;
  }

  void offer(ConsumerRecord<byte[], byte[]> message) {
    waiting.add(message);
  }

  int size() {
    return waiting.size();
  }

  /**
   * True if all before an offset is handled, whatever has come since.
   *
   * @param polled how far the partition was polled, at least at this moment
   */
  boolean isPast(long offset, long polled) {
    // The last messages before the offset may be gone from a compacted topic.
    return handled >= offset || (polled >= offset && !hasWork());
  }

  boolean busy() {
    return busy;
  }

  /** Whether a message waits or is being handled. */
  boolean hasWork() {
    return busy || !waiting.isEmpty();
  }

  boolean closed() {
    return closed;
  }

  /** Takes the next message to handle; none if a handler runs, or the lane is empty or closed. */
  Optional<ConsumerRecord<byte[], byte[]>> take() {
    if (busy || closed) {
      return Optional.empty();
    }
    // Busy before it is taken, so that at no instant the message is neither waiting nor handled.
    busy = true;
    Optional<ConsumerRecord<byte[], byte[]>> next = Optional.ofNullable(waiting.poll());
    busy = next.isPresent();
    return next;
  }

  /** The message that was taken is done with; the next may be taken. */
  void handled(ConsumerRecord<byte[], byte[]> message) {
    handled = message.offset() + 1;
    busy = false;
  }

  /** The message that was taken is not handled, and won't be here. */
  void abandoned() {
    busy = false;
  }

  /** The offset to commit, if there is one that was not given to a commit yet. */
  OptionalLong uncommitted() {
    long offset = handled;
    return offset == committed ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  void committed(long offset) {
    committed = offset;
  }

  /** A commit failed: the next one takes the offset along again. */
  void commitFailed() {
    committed = NOTHING;
  }

  void close() {
    closed = true;
  }
}
