package io.tidemark.extractor;

/**
 * How work is cut and taken.
 *
 * @param atOnce how many shards a worker does at the same time, 1 to 64
 * @param backupBytes about how many bytes one shard of a backup reads; up to four times as many
 *     where there is much to read
 * @param restoreBytes how many bytes of disk one shard of a restore covers, about; up to four times
 *     as many of a large disk
 */
public record ShardConfig(int atOnce, long backupBytes, long restoreBytes) {

  private static final long MIB = 1 << 20;

  /** So many shards keep any number of workers busy to the end; each costs some events. */
  private static final int ENOUGH = 64;

  /** A shard that is lost with its worker should not cost much, and its pack not be too large. */
  private static final int MOST_TIMES = 4;

  public ShardConfig {
    Requirement.range("shards at once", atOnce, 1, 64);
    Requirement.that(backupBytes > 0, "backupBytes must be 1 or more, not " + backupBytes);
    Requirement.that(restoreBytes > 0, "restoreBytes must be 1 or more, not " + restoreBytes);
  }

  /** Four at once, of some hundred MiB. */
  public static ShardConfig defaults() {
    return new ShardConfig(4, 128 * MIB, 256 * MIB);
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
    return new ShardConfig(count, backupBytes, restoreBytes);
  }

  /** The same with shards of about that many bytes. */
  public ShardConfig withBytes(long backup, long restore) {
    return new ShardConfig(atOnce, backup, restore);
  }
}
