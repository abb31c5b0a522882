package io.tidemark.extractor;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What one extractor process is told.
 *
 * @param repository directory of the repository; waited for while it is missing or empty
 * @param worker name of this process in events and logs
 * @param sampleBlocks how many blocks that a dirty bitmap calls clean are read again before it is
 *     trusted
 * @param retryPause the pause before a shard is tried again; twice as long the second time
 */
public record ExtractorConfig(
    Path repository,
    String worker,
    TransferConfig transfer,
    ShardConfig shards,
    RateConfig rates,
    int sampleBlocks,
    Duration retryPause) {

  public ExtractorConfig {
    Requirement.that(!worker.isBlank(), "worker must not be blank");
    Requirement.that(sampleBlocks >= 0, "sampleBlocks must be 0 or more, not " + sampleBlocks);
    Requirement.that(
        !retryPause.isNegative(), "retryPause must not be negative, not " + retryPause);
  }

  /** The settings that suit a local socket and a machine of any size. */
  public static ExtractorConfig defaults(Path repository, String worker) {
    return new ExtractorConfig(
        repository,
        worker,
        TransferConfig.defaults(),
        ShardConfig.defaults(),
        RateConfig.unlimited(),
        16,
        Duration.ofSeconds(1));
  }

  /** The same with another transfer. */
  public ExtractorConfig with(TransferConfig other) {
    return new ExtractorConfig(repository, worker, other, shards, rates, sampleBlocks, retryPause);
  }

  /** The same with other shards. */
  public ExtractorConfig with(ShardConfig other) {
    return new ExtractorConfig(
        repository, worker, transfer, other, rates, sampleBlocks, retryPause);
  }

  /** The same with other limits. */
  public ExtractorConfig with(RateConfig other) {
    return new ExtractorConfig(
        repository, worker, transfer, shards, other, sampleBlocks, retryPause);
  }

  /** The same with another pause between attempts. */
  public ExtractorConfig withRetryPause(Duration pause) {
    return new ExtractorConfig(repository, worker, transfer, shards, rates, sampleBlocks, pause);
  }
}
