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
  private static final Pattern SHARD = Pattern.compile("(.*)/(\\d{1,9})");

  /** A shard that is handed over names the partition where it is waited for. */
  private static final Pattern HANDED_OVER = Pattern.compile(".*@(\\d{1,9})");

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
    Matcher handedOver = HANDED_OVER.matcher(key);
    if (handedOver.matches()) {
      return Integer.parseInt(handedOver.group(1)) % partitions;
    }
    Matcher shard = SHARD.matcher(key);
    if (!shard.matches()) {
      return hash(key.getBytes(StandardCharsets.UTF_8), partitions);
    }
    long start = hash(shard.group(1).getBytes(StandardCharsets.UTF_8), partitions);
    long index = Long.parseLong(shard.group(2));
    return (int) ((start + index) % partitions);
  }

  private static int hash(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }

  @Override
  public void configure(Map<String, ?> settings) {}

  @Override
  public void close() {}
}
