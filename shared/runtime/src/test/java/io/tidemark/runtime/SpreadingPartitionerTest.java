package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadingPartitionerTest {
  private static final String JOB = "3f2a91c4-77e1-4a0e-9a55-0d2f6f3c9b70/vda/";

  @Test
  void asManyShardsAsPartitionsGetOneEach() {
    assertThat(IntStream.range(100, 124).map(shard -> partition(JOB + shard)).distinct().count())
        .isEqualTo(24);
  }

  @Test
  void aShardThatIsHandedOverGoesWhereItIsWaitedFor() {
    assertThat(partition(JOB + "5/1@17")).isEqualTo(17);
    assertThat(partition(JOB + "5/2@0")).isZero();
    assertThat(partition(JOB + "5/2@24")).isBetween(0, 23);
  }

  @Test
  void disksWithStrangeNamesHaveAPartitionToo() {
    assertThat(partition("")).isBetween(0, 23);
    assertThat(partition("no number")).isBetween(0, 23);
    assertThat(partition("a/b/c/vd a/99999999999999")).isBetween(0, 23);
  }

  private static int partition(String key) {
    return SpreadingPartitioner.ofShard(key, 24);
  }
}
