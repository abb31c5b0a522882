package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExtractorConfigTest {
  private static final Path REPOSITORY = Path.of("/srv/tidemark");

  @Test
  void theDefaultsAreThese() {
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(ExtractorConfig.defaults(REPOSITORY, "kvm1-1"))
        .isEqualTo(
            new ExtractorConfig(
                REPOSITORY,
                "kvm1-1",
                new TransferConfig(1, 8, 524_288, 4_194_304, processors),
                new ShardConfig(4, 134_217_728, 268_435_456),
                new RateConfig(0, 0),
                16,
                Duration.ofSeconds(1)));
  }

  @Test
  void thereAreAbout64ShardsOfALargeDiskAsLongAsNoneIsTooLarge() {
    ShardConfig shards = ShardConfig.defaults().withBytes(128, 256);

    assertThat(shards.backupBytesOf(1)).isEqualTo(128);
    assertThat(shards.backupBytesOf(64 * 200)).isEqualTo(200);
    assertThat(shards.backupBytesOf(Long.MAX_VALUE)).isEqualTo(512);
    assertThat(shards.restoreBytesOf(64 * 200)).isEqualTo(256);
    assertThat(shards.restoreBytesOf(64 * 300)).isEqualTo(300);
    assertThat(shards.restoreBytesOf(Long.MAX_VALUE)).isEqualTo(1024);
  }

  @Test
  void requestsThatSplitBlocksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransferConfig.defaults().withRequestBytes(100_000))
        .withMessageContaining("requestBytes");
  }

  @Test
  void lessMemoryThanOneRequestIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransferConfig.defaults().withBytesInFlight(65_536))
        .withMessageContaining("bytesInFlight");
  }

  @Test
  void aWorkerWithoutConnectionsIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransferConfig.defaults().withConnections(0))
        .withMessage("connections must be 1 to 16, not 0");
  }

  @Test
  void aNegativeLimitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RateConfig(-1, 0))
        .withMessageContaining("rate limit");
  }

  @Test
  void aWorkerNeedsAName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExtractorConfig.defaults(REPOSITORY, " "))
        .withMessageContaining("worker");
  }
}
