package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What one extractor process is told.
 *
 * @param repository directory of the repository; made if it is missing or empty
 * @param worker name of this process in events and logs
 * @param shardsAtOnce how many shards it works on at the same time
 * @param requestsInFlight NBD requests under way on one connection
 * @param requestBytes largest NBD read, a multiple of the block size
 * @param backupShardBytes about how many bytes one shard of a backup reads
 * @param restoreShardBytes how many bytes of disk one shard of a restore covers, about
 * @param sampleBlocks how many blocks that a dirty bitmap calls clean are read again before it is
 *     trusted
 * @param retryPause the pause before a shard is tried again; twice as long the second time
 */
public record ExtractorConfig(
    Path repository,
    String worker,
    int shardsAtOnce,
    int requestsInFlight,
    int requestBytes,
    long backupShardBytes,
    long restoreShardBytes,
    int sampleBlocks,
    Duration retryPause) {

  private static final int MIB = 1 << 20;

  public ExtractorConfig {
    require(!worker.isBlank(), "worker must not be blank");
    require(shardsAtOnce > 0, "shardsAtOnce must be 1 or more, not " + shardsAtOnce);
    require(requestsInFlight > 0, "requestsInFlight must be 1 or more, not " + requestsInFlight);
    require(
        requestBytes >= Geometry.BLOCK_BYTES
            && requestBytes <= 32 * MIB
            && requestBytes % Geometry.BLOCK_BYTES == 0,
        "requestBytes must be a multiple of 64 KiB up to 32 MiB, not " + requestBytes);
    require(backupShardBytes > 0, "backupShardBytes must be 1 or more, not " + backupShardBytes);
    require(restoreShardBytes > 0, "restoreShardBytes must be 1 or more, not " + restoreShardBytes);
    require(sampleBlocks >= 0, "sampleBlocks must be 0 or more, not " + sampleBlocks);
    require(!retryPause.isNegative(), "retryPause must not be negative, not " + retryPause);
  }

  /** The settings that suit a local socket and a machine of any size. */
  public static ExtractorConfig defaults(Path repository, String worker) {
    return new ExtractorConfig(
        repository, worker, 2, 8, 512 << 10, 256L * MIB, 512L * MIB, 16, Duration.ofSeconds(1));
  }

  /** Bytes of one shard that may be on their way between the NBD export and the repository. */
  long bytesInFlight() {
    return 2L * requestsInFlight * requestBytes;
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
