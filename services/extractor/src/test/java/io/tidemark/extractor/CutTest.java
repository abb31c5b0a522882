package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CutTest {
  private static final long LEAF = 16L << 20;
  private static final List<ByteRange> HALVES =
      List.of(new ByteRange(0, LEAF), new ByteRange(LEAF, LEAF));

  @Test
  void theSameRangesHaveTheSameName() {
    assertThat(name("vda", "FULL", HALVES))
        .isEqualTo(name("vda", "FULL", HALVES))
        .matches("[0-9a-f]{16}");
  }

  @Test
  void whateverDiffersGivesAnotherName() {
    assertThat(
            List.of(
                name("vda", "FULL", HALVES),
                name("vdb", "FULL", HALVES),
                name("vda", "INCREMENTAL", HALVES),
                name("vda", "FULL", HALVES.subList(0, 1)),
                name("vda", "FULL", List.of(new ByteRange(0, 2 * LEAF))),
                name("vda", "FULL", List.of())))
        .doesNotHaveDuplicates();
  }

  private static String name(String target, String content, List<ByteRange> shards) {
    Cut cut = new Cut();
    cut.add(target, content, shards);
    return cut.name();
  }
}
