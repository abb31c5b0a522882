package io.tidemark.standalone;

import io.tidemark.extractor.ExtractorConfig;
import io.tidemark.extractor.RateConfig;
import io.tidemark.extractor.TransferConfig;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How the extractor works; each option can come from the environment too. */
final class ExtractorOptions {
  @Option(
      names = "--rate-limit",
      paramLabel = "BYTES",
      converter = ByteSize.Converter.class,
      defaultValue = "${env:TIDEMARK_RATE_LIMIT:-0}",
      description =
          "Bytes a second (40M, 1G) that all extractors together read or write on one hypervisor"
              + " (TIDEMARK_RATE_LIMIT); default 0, no limit.")
  private ByteSize rateLimit;

  @Option(
      names = "--domain-rate-limit",
      paramLabel = "BYTES",
      converter = ByteSize.Converter.class,
      defaultValue = "${env:TIDEMARK_DOMAIN_RATE_LIMIT:-0}",
      description = "The same for one VM (TIDEMARK_DOMAIN_RATE_LIMIT); default 0, no limit.")
  private ByteSize domainRateLimit;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "${env:TIDEMARK_CONNECTIONS:-1}",
      description =
          "NBD connections to an export for each shard (TIDEMARK_CONNECTIONS); default 1, best on"
              + " a local socket.")
  private int connections;

  @Option(
      names = "--requests-in-flight",
      paramLabel = "N",
      defaultValue = "${env:TIDEMARK_REQUESTS_IN_FLIGHT:-8}",
      description =
          "NBD requests under way on a connection (TIDEMARK_REQUESTS_IN_FLIGHT); default 8.")
  private int requestsInFlight;

  @Option(
      names = "--request-size",
      paramLabel = "BYTES",
      converter = ByteSize.Converter.class,
      defaultValue = "${env:TIDEMARK_REQUEST_SIZE:-512K}",
      description = "Largest NBD request (TIDEMARK_REQUEST_SIZE); default 512K.")
  private ByteSize requestSize;

  @Option(
      names = "--bytes-in-flight",
      paramLabel = "BYTES",
      converter = ByteSize.Converter.class,
      defaultValue = "${env:TIDEMARK_BYTES_IN_FLIGHT:-4M}",
      description = "Bytes of one shard in memory (TIDEMARK_BYTES_IN_FLIGHT); default 4M.")
  private ByteSize bytesInFlight;

  @Option(
      names = "--shard-size",
      paramLabel = "BYTES",
      converter = ByteSize.Converter.class,
      defaultValue = "${env:TIDEMARK_SHARD_SIZE:-128M}",
      description =
          "Bytes to read that a backup's shard has, about (TIDEMARK_SHARD_SIZE); default 128M;"
              + " up to four times as many where there is much to read. A restore's covers twice as"
              + " many.")
  private ByteSize shardSize;

  @Option(
      names = "--shards-at-once",
      paramLabel = "N",
      defaultValue = "${env:TIDEMARK_SHARDS_AT_ONCE:-4}",
      description = "Shards that an extractor does at once (TIDEMARK_SHARDS_AT_ONCE); default 4.")
  private int shardsAtOnce;

  @Option(
      names = "--cpu-threads",
      paramLabel = "N",
      defaultValue = "${env:TIDEMARK_CPU_THREADS:-0}",
      description =
          "Threads that hash and compress (TIDEMARK_CPU_THREADS); default one for each processor.")
  private int cpuThreads;

  /** The extractor's settings; throws {@link IllegalArgumentException} with what can't be. */
  ExtractorConfig config(Path repository, String worker) {
    ExtractorConfig defaults = ExtractorConfig.defaults(repository, worker);
    TransferConfig transfer =
        new TransferConfig(
            connections,
            requestsInFlight,
            requestSize.intBytes(),
            bytesInFlight.bytes(),
            cpuThreads == 0 ? defaults.transfer().cpuThreads() : cpuThreads);
    return defaults
        .with(transfer)
        .with(
            defaults
                .shards()
                .withAtOnce(shardsAtOnce)
                .withBytes(shardSize.bytes(), 2 * shardSize.bytes()))
        .with(new RateConfig(rateLimit.bytes(), domainRateLimit.bytes()));
  }
}
