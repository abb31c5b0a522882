package io.tidemark.runtime;

import io.vertx.core.Future;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A member of a consumer group: the group's coordinator deals out the partitions. */
record GroupMember(Map<String, String> config, List<String> topics) implements PartitionSource {
  @Override
  public Future<Void> attach(KafkaConsumer<String, byte[]> consumer) {
    return consumer.subscribe(Set.copyOf(topics));
  }

  @Override
  public Future<Void> caughtUp(KafkaConsumer<String, byte[]> consumer, PartitionQueues queues) {
    return Future.succeededFuture();
  }

  @Override
  public boolean commits() {
    return true;
  }

  @Override
  public void fromNow() {
    throw new IllegalStateException("a member of a group goes on where the group is");
  }
}
