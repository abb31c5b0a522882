package io.tidemark.extractor;

import java.time.Duration;

/**
 * How work is cut and taken.
 *
 * @param atOnce how many shards a worker does at the same time, 1 to 64
 * @param backupBytes about how many bytes one shard of a backup reads; up to four times as many
 *     where there is much to read
 * @param restoreBytes how many bytes of disk one shard of a restore covers, about; up to four times
 *     as many of a large disk
 * @param patience how long a shard waits for its turn before it is offered to another worker; twice
 *     as long each time it comes back
 */
public record ShardConfig(int atOnce, long backupBytes, long restoreBytes, Duration patience) {

  private static final long MIB = 1 << 20;

  /** So many shards keep any number of workers busy to the end; each costs some events. */
  private static final int ENOUGH = 64;

  /** A shard that is lost with its worker should not cost much, and its pack not be too large. */
  private static final int MOST_TIMES = 4;

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

  /** About how many bytes each shard of a backup reads that reads {@code totalBytes} of a disk. */
  long backupBytesOf(long totalBytes) {
    return perShard(totalBytes, backupBytes);
  }

  /** About how many bytes each shard of a restore covers of a disk of {@code sizeBytes}. */
  long restoreBytesOf(long sizeBytes) {
    return perShard(sizeBytes, restoreBytes);
  }

  private static long perShard(long allBytes, long leastBytes) {
    return Math.clamp(allBytes / ENOUGH, leastBytes, MOST_TIMES * leastBytes);
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
