package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LiveSlotsTest {
  private static final Hash HASH = Hash.of(ByteBuffer.wrap(new byte[] {1}));

  private final LiveSlots live = new LiveSlots();

  @Test
  void aSlotIsNeededOnceItWasAdded() {
    PackId pack = PackId.random();
    for (int slot : new int[] {0, 4095, 4096, 70_000, Integer.MAX_VALUE}) {
      assertThat(live.contains(pack, slot)).as("slot %d before", slot).isFalse();
      assertThat(live.add(new Ref(HASH, pack, slot))).as("slot %d is new", slot).isTrue();
      assertThat(live.contains(pack, slot)).as("slot %d after", slot).isTrue();
      assertThat(live.add(new Ref(HASH, pack, slot))).as("slot %d is new again", slot).isFalse();
    }
    assertThat(live.packs()).containsExactly(pack);
    assertThat(live.contains(PackId.random(), 0)).isFalse();
  }

  @Test
  void slotsThatNoPackCanHaveTakeNoMoreMemoryThanOthers() {
    List<PackId> packs = Stream.generate(PackId::random).limit(1_000).toList();

    packs.forEach(pack -> live.add(new Ref(HASH, pack, Integer.MAX_VALUE)));

    assertThat(live.packs()).containsExactlyInAnyOrderElementsOf(packs);
  }
}
