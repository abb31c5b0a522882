package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
  /** What the start script gives an extractor of its own. */
  private static final long SCRIPT_BYTES = 96L << 20;

  @Test
  void theDefaultsFitIntoWhatTheStartScriptGives() {
    assertThatCode(() -> DirectMemory.require(shards(4), SCRIPT_BYTES)).doesNotThrowAnyException();
    assertThatCode(() -> DirectMemory.require(shards(10), SCRIPT_BYTES)).doesNotThrowAnyException();
  }

  @Test
  void moreShardsThanThereIsMemoryForAreRefusedWithTheFigures() {
    assertThatThrownBy(() -> DirectMemory.require(shards(64), SCRIPT_BYTES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 shards at once")
        .hasMessageContaining("392 MiB")
        .hasMessageContaining("96 MiB")
        .hasMessageContaining("-XX:MaxDirectMemorySize");
  }

  @Test
  void aProcessKnowsItsOwnLimit() {
    assertThat(DirectMemory.mostBytes()).isGreaterThan(SCRIPT_BYTES / 2);
  }

  private static ExtractorConfig shards(int atOnce) {
    return ExtractorConfig.defaults(Path.of("/srv/repository"), "worker-1")
        .with(ShardConfig.defaults().withAtOnce(atOnce));
  }
}
