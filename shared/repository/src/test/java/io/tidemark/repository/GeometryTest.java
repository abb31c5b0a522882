package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GeometryTest {

  @ParameterizedTest(name = "{0} bytes: {1} blocks, {2} leaves, height {3}")
  @CsvSource({
    "0, 0, 0, 1",
    "1, 1, 1, 1",
    "65536, 1, 1, 1",
    "65537, 2, 1, 1",
    "16777216, 256, 1, 1",
    "16777217, 257, 2, 2",
    "4294967296, 65536, 256, 2",
    "4294967297, 65537, 257, 3",
    "1099511627776, 16777216, 65536, 3",
    "1099511627777, 16777217, 65537, 4",
    "9223372036854775807, 140737488355328, 549755813888, 6"
  })
  void aDiskHasAsManyBlocksLeavesAndLevelsAsItNeeds(
      long size, long blocks, long leaves, int height) {
    assertThat(Geometry.blocks(size)).isEqualTo(blocks);
    assertThat(Geometry.leaves(size)).isEqualTo(leaves);
    assertThat(Geometry.height(size)).isEqualTo(height);
  }

  @Test
  void aNegativeSizeIsRefused() {
    assertThatThrownBy(() -> Geometry.leaves(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
