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
    assertThat(ExtractorConfig.defaults(REPOSITORY, "kvm1-1"))
        .isEqualTo(
            new ExtractorConfig(
                REPOSITORY,
                "kvm1-1",
                2,
                16,
                262_144,
                268_435_456,
                536_870_912,
                16,
                Duration.ofSeconds(1)));
  }

  @Test
  void requestsThatSplitBlocksAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new ExtractorConfig(REPOSITORY, "w", 2, 16, 100_000, 1, 1, 16, Duration.ofSeconds(1)))
        .withMessageContaining("requestBytes");
  }

  @Test
  void aWorkerNeedsAName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExtractorConfig.defaults(REPOSITORY, " "))
        .withMessageContaining("worker");
  }
}
