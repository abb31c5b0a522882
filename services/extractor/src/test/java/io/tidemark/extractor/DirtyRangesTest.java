package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.Geometry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DirtyRangesTest {
  private static final long BLOCK = Geometry.BLOCK_BYTES;
  private static final long LEAF = Geometry.LEAF_SPAN_BYTES;

  private final List<ByteRange> ranges = new ArrayList<>();

  @Test
  void anExtentIsWidenedToWholeBlocks() {
    DirtyRanges dirty = new DirtyRanges(LEAF, ranges::add);

    dirty.add(BLOCK + 512, 1024);
    dirty.finish();

    assertThat(ranges).containsExactly(new ByteRange(BLOCK, BLOCK));
  }

  @Test
  void aGapOfOneBlockIsReadThroughAndOneOfTwoIsNot() {
    DirtyRanges dirty = new DirtyRanges(LEAF, ranges::add);

    dirty.add(0, BLOCK);
    dirty.add(2 * BLOCK, BLOCK);
    dirty.add(5 * BLOCK, BLOCK);
    dirty.finish();

    assertThat(ranges)
        .containsExactly(new ByteRange(0, 3 * BLOCK), new ByteRange(5 * BLOCK, BLOCK));
  }

  @Test
  void nothingGoesAcrossALeafOrBeyondTheDisk() {
    DirtyRanges dirty = new DirtyRanges(LEAF + 1000, ranges::add);

    dirty.add(LEAF - BLOCK, 2 * BLOCK);
    dirty.finish();

    assertThat(ranges)
        .containsExactly(new ByteRange(LEAF - BLOCK, BLOCK), new ByteRange(LEAF, 1000));
  }

  @Property
  void everyDirtyByteIsReadAndEveryBlockAtMostOnce(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 400_000) Integer> steps,
      @ForAll @IntRange(min = 1, max = 60_000_000) int sizeBytes) {
    List<ByteRange> found = new ArrayList<>();
    DirtyRanges dirty = new DirtyRanges(sizeBytes, found::add);
    BitSet expected = new BitSet();
    long offset = 0;
    for (int i = 0; i + 1 < steps.size(); i += 2) {
      offset += steps.get(i);
      long length = Math.min(steps.get(i + 1), sizeBytes - offset);
      if (length > 0) {
        dirty.add(offset, length);
        expected.set((int) (offset / BLOCK), (int) ((offset + length - 1) / BLOCK) + 1);
        offset += length;
      }
    }
    dirty.finish();

    BitSet read = new BitSet();
    long end = 0;
    for (ByteRange range : found) {
      assertThat(range.offset() % BLOCK).isZero();
      assertThat(range.offset()).isGreaterThanOrEqualTo(end);
      assertThat(range.end() % BLOCK == 0 || range.end() == sizeBytes).isTrue();
      assertThat(range.offset() / LEAF).isEqualTo((range.end() - 1) / LEAF);
      read.set((int) (range.offset() / BLOCK), (int) ((range.end() - 1) / BLOCK) + 1);
      end = range.end();
    }
    expected.andNot(read);
    assertThat(expected.isEmpty()).isTrue();
  }
}
