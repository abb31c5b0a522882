package io.tidemark.events;

import java.time.Duration;

/** The Kafka topics: names, partitions and retention are part of the public contract. */
public enum Topic {
  /**
   * What domains and disks there are; compacted by domain, so that reading it from the start gives
   * the present state.
   */
  INVENTORY("tidemark.inventory", 1, true, Duration.ZERO),
  CONVERSIONS("tidemark.conversions", 3, false, Duration.ofDays(30)),
  BACKUPS("tidemark.backups", 6, false, Duration.ofDays(30)),
  RESTORES("tidemark.restores", 6, false, Duration.ofDays(30)),
  /**
   * The work queue of the extractors; its partitions bound how many of them can share one backup.
   */
  SHARDS("tidemark.shards", 24, false, Duration.ofDays(7)),
  /** Shards that no extractor could do. */
  SHARD_FAILURES("tidemark.shard-failures", 6, false, Duration.ofDays(30)),
  PROGRESS("tidemark.progress", 3, false, Duration.ofHours(6)),
  /**
   * Messages that a consumer could not make sense of, as they came, with the reason in a header.
   */
  DEAD_LETTERS("tidemark.dead-letters", 1, false, Duration.ofDays(90));

  private final String topicName;
  private final int partitions;
  private final boolean compacted;
  private final Duration retention;

  Topic(String topicName, int partitions, boolean compacted, Duration retention) {
    this.topicName = topicName;
    this.partitions = partitions;
    this.compacted = compacted;
    this.retention = retention;
  }

  /** The name on the broker. */
  public String topicName() {
    return topicName;
  }

  /** How many partitions the topic is created with. */
  public int partitions() {
    return partitions;
  }

  /** True if only the last event of each key is kept, for ever. */
  public boolean compacted() {
    return compacted;
  }

  /**
   * How long events are kept at least; zero for compacted topics, which keep the last of each key
   * for ever.
   */
  public Duration retention() {
    return retention;
  }
}
