package io.tidemark.extractor;

import java.time.Duration;

/**
 * How work is cut and taken.
 *
 * @param atOnce how many shards a worker does at the same time, 1 to 64
 * @param backupBytes about how many bytes one shard of a backup reads
 * @param restoreBytes how many bytes of disk one shard of a restore covers, about
 * @param patience how long a shard waits for its turn before it is offered to another worker; twice
 *     as long each time it comes back
 */
public record ShardConfig(int atOnce, long backupBytes, long restoreBytes, Duration patience) {

  private static final long MIB = 1 << 20;

  public ShardConfig {
    Requirement.range("shards at once", atOnce, 1, 64);
    Requirement.that(backupBytes > 0, "backupBytes must be 1 or more, not " + backupBytes);
    Requirement.that(restoreBytes > 0, "restoreBytes must be 1 or more, not " + restoreBytes);
    Requirement.that(patience.isPositive(), "patience must be positive, not " + patience);
  }

  /** Four at once, of some hundred MiB; five seconds of patience. */
  public static ShardConfig defaults() {
    return new ShardConfig(4, 128 * MIB, 256 * MIB, Duration.ofSeconds(5));
  }

  /** The same with so many at once. */
  public ShardConfig withAtOnce(int count) {
    return new ShardConfig(count, backupBytes, restoreBytes, patience);
  }

  /** The same with shards of about that many bytes. */
  public ShardConfig withBytes(long backup, long restore) {
    return new ShardConfig(atOnce, backup, restore, patience);
  }

  /** The same with that much patience. */
  public ShardConfig withPatience(Duration wait) {
    return new ShardConfig(atOnce, backupBytes, restoreBytes, wait);
  }
}
