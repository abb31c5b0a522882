package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.Geometry;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShardCutterTest {
  private static final long LEAF = Geometry.LEAF_SPAN_BYTES;
  private static final long MIB = 1 << 20;

  @Test
  void nothingToReadMakesNoShard() {
    assertThat(ShardCutter.byLoad(3 * LEAF, new int[3], 256 * MIB)).isEmpty();
  }

  @Test
  void aLittleToReadMakesOneShardAroundIt() {
    int[] loads = {0, 65_536, 0, 65_536, 0};

    assertThat(ShardCutter.byLoad(5 * LEAF, loads, 256 * MIB))
        .containsExactly(new ByteRange(LEAF, 3 * LEAF));
  }

  @Test
  void aFullDiskIsCutIntoEqualShardsAndTheLastEndsWithTheDisk() {
    int[] loads = new int[40];
    Arrays.fill(loads, (int) LEAF);
    loads[39] = 512;

    assertThat(ShardCutter.byLoad(39 * LEAF + 512, loads, 256 * MIB))
        .extracting(ByteRange::end)
        .containsExactly(14 * LEAF, 28 * LEAF, 39 * LEAF + 512);
  }

  @Property
  void shardsCoverAllThereIsToReadOnce(
      @ForAll @Size(max = 300) List<@IntRange(max = 16_777_216) Integer> leafBytes,
      @ForAll @LongRange(min = 1, max = 1L << 30) long target) {
    int[] loads = leafBytes.stream().mapToInt(Integer::intValue).toArray();
    long sizeBytes = loads.length * LEAF;

    List<ByteRange> shards = ShardCutter.byLoad(sizeBytes, loads, target);

    long covered = 0;
    long end = 0;
    for (ByteRange shard : shards) {
      long load = load(shard, loads);
      assertThat(shard.offset() % LEAF).isZero();
      assertThat(shard.offset()).isGreaterThanOrEqualTo(end);
      assertThat(load).isPositive().isLessThan(target + LEAF);
      end = shard.end();
      covered += load;
    }
    assertThat(end).isLessThanOrEqualTo(sizeBytes);
    assertThat(covered).isEqualTo(Arrays.stream(loads).asLongStream().sum());
  }

  @Test
  void aShardHasNoMoreLeavesThanFitIntoAnEvent() {
    int[] loads = new int[10_000];
    Arrays.fill(loads, 1);

    assertThat(ShardCutter.byLoad(10_000 * LEAF, loads, 256 * MIB))
        .extracting(shard -> shard.lengthBytes() / LEAF)
        .containsExactly(4096L, 4096L, 1808L);
  }

  @Property
  void evenShardsTileTheDisk(
      @ForAll @LongRange(max = 1L << 36) long sizeBytes,
      @ForAll @LongRange(min = 1L << 24, max = 1L << 33) long span) {
    long end = 0;
    for (ByteRange shard : ShardCutter.evenly(sizeBytes, span)) {
      assertThat(shard.offset()).isEqualTo(end);
      assertThat(shard.offset() % LEAF).isZero();
      assertThat(shard.lengthBytes()).isBetween(1L, span);
      end = shard.end();
    }
    assertThat(end).isEqualTo(sizeBytes);
  }

  private static long load(ByteRange shard, int[] loads) {
    long load = 0;
    for (long leaf = shard.offset() / LEAF; leaf * LEAF < shard.end(); leaf++) {
      load += loads[(int) leaf];
    }
    return load;
  }
}
