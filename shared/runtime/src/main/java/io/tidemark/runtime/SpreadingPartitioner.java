package io.tidemark.runtime;

import io.tidemark.events.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.Partitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Utils;

/**
 * Deals the shards of a job out over the partitions one by one, so that workers get equal shares; a
 * hash of the key would give one twice as many as another. Events of all other topics go where
 * their key's hash says, as Kafka does by itself. Kafka makes it by its name.
 */
public final class SpreadingPartitioner implements Partitioner {
  private static final Pattern SHARD = Pattern.compile("(.*?)/(\\d{1,9})(?:/(\\d{1,9}))?");

  /** Far enough to reach another worker, and prime to any likely number of partitions. */
  private static final int HANDOVER_STEP = 7;

  @Override
  public int partition(
      String topic, Object key, byte[] keyBytes, Object value, byte[] valueBytes, Cluster cluster) {
    int partitions = cluster.partitionsForTopic(topic).size();
    if (keyBytes == null) {
      return 0;
    }
    return topic.equals(Topic.SHARDS.topicName())
        ? ofShard(new String(keyBytes, StandardCharsets.UTF_8), partitions)
        : hash(keyBytes, partitions);
  }

  static int ofShard(String key, int partitions) {
    Matcher shard = SHARD.matcher(key);
    if (!shard.matches()) {
      return hash(key.getBytes(StandardCharsets.UTF_8), partitions);
    }
    long start = hash(shard.group(1).getBytes(StandardCharsets.UTF_8), partitions);
    long index = Long.parseLong(shard.group(2));
    long handovers = shard.group(3) == null ? 0 : Long.parseLong(shard.group(3));
    return (int) ((start + index + HANDOVER_STEP * handovers) % partitions);
  }

  private static int hash(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  @Override
  public void configure(Map<String, ?> settings) {}

  @Override
  public void close() {}
}
