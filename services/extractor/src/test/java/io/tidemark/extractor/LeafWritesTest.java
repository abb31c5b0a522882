package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.tidemark.repository.Geometry;
import io.tidemark.repository.Hash;
import io.tidemark.repository.Node;
import io.tidemark.repository.PackId;
import io.tidemark.repository.Ref;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LeafWritesTest {
  private static final long BLOCK = Geometry.BLOCK_BYTES;
  private static final Ref STORED =
      new Ref(new Hash(1, 2, 3, 4), PackId.parse("00112233445566778899aabbccddeeff"), 5);

  @Test
  void neighboursAreJoinedUpToTheLongestWriteAndZeroesWithoutLimit() {
    Node node = node(0, 1, 2, 100);

    assertThat(LeafWrites.of(node, 1, 3 * Geometry.LEAF_SPAN_BYTES, 131_072))
        .extracting(write -> write.range().offset() / BLOCK, write -> write.range().lengthBytes())
        .containsExactly(
            tuple(256L, 2 * BLOCK),
            tuple(258L, BLOCK),
            tuple(259L, 97 * BLOCK),
            tuple(356L, BLOCK),
            tuple(357L, 155 * BLOCK));
  }

  @Property
  void theWritesTileTheLeafUpToTheEndOfTheDisk(
      @ForAll @Size(256) boolean[] stored,
      @ForAll @LongRange(min = 1, max = 1L << 25) long sizeBytes) {
    long leafIndex = (sizeBytes - 1) / Geometry.LEAF_SPAN_BYTES;
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.setAll(refs, i -> stored[i] ? STORED : Ref.NIL);

    long end = leafIndex * Geometry.LEAF_SPAN_BYTES;
    List<LeafWrites.Write> writes = LeafWrites.of(Node.of(refs), leafIndex, sizeBytes, 262_144);
    for (LeafWrites.Write write : writes) {
      assertThat(write.range().offset()).isEqualTo(end);
      if (write instanceof LeafWrites.Data data) {
        assertThat(data.range().lengthBytes()).isLessThanOrEqualTo(262_144);
        assertThat(data.blocks()).hasSize((int) Geometry.blocks(data.range().lengthBytes()));
        assertThat(data.blocks()).doesNotContain(Ref.NIL);
      }
      end = write.range().end();
    }
    assertThat(end).isEqualTo(sizeBytes);
  }

  private static Node node(int... stored) {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.fill(refs, Ref.NIL);
    for (int slot : stored) {
      refs[slot] = STORED;
    }
    return Node.of(refs);
  }
}
