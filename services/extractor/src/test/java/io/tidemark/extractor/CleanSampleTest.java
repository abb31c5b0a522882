package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.Geometry;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class CleanSampleTest {
  private static final long BLOCK = Geometry.BLOCK_BYTES;

  @Property
  void onlyCleanBlocksArePickedAndAlwaysTheSame(
      @ForAll long seed,
      @ForAll @LongRange(max = 1L << 40) long sizeBytes,
      @ForAll @LongRange(max = 1L << 24) long dirtyBlock) {
    CleanSample first = sample(seed, sizeBytes, dirtyBlock);

    assertThat(first.blocks())
        .hasSizeLessThanOrEqualTo(16)
        .doesNotHaveDuplicates()
        .doesNotContain(dirtyBlock)
        .isEqualTo(sample(seed, sizeBytes, dirtyBlock).blocks());
    assertThat(Arrays.stream(first.blocks()).allMatch(block -> block * BLOCK < sizeBytes)).isTrue();
  }

  @Test
  void aDiskThatIsAllDirtyHasNoSample() {
    CleanSample sample = new CleanSample(7, 1000 * BLOCK, 16);

    sample.exclude(0, 1000 * BLOCK);

    assertThat(sample.blocks()).isEmpty();
  }

  @Test
  void aLargeCleanDiskHasAFullSampleFromAllOverIt() {
    long[] blocks = new CleanSample(7, 1L << 40, 16).blocks();

    assertThat(blocks).hasSize(16);
    assertThat(blocks[0] * BLOCK).isLessThan(1L << 38);
    assertThat(blocks[15] * BLOCK).isGreaterThan(3L << 38);
  }

  private static CleanSample sample(long seed, long sizeBytes, long dirtyBlock) {
    CleanSample sample = new CleanSample(seed, sizeBytes, 16);
    sample.exclude(dirtyBlock * BLOCK, BLOCK);
    return sample;
  }
}
