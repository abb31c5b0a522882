package io.tidemark.runtime;

import io.vertx.core.Future;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.util.Map;

/** Which partitions a consumer reads, from where, and whether it commits. */
sealed interface PartitionSource permits GroupMember, LoneReader {

  /** The client's configuration. */
  Map<String, String> config();

  /** Begins to read; called once the handlers are in place. */
  Future<Void> attach(KafkaConsumer<String, byte[]> consumer);

  /** Completes when all that was there at the start has been read and handled. */
  Future<Void> caughtUp(KafkaConsumer<String, byte[]> consumer, PartitionQueues queues);

  /** Whether offsets are committed. */
  boolean commits();

  /** Read only what is published from now on. */
  void fromNow();
}
