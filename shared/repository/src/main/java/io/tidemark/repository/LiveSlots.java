package io.tidemark.repository;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which slots of which packs are needed: a bit for each, in pages, so that a slot that no pack can
 * have takes no more memory than any other. Not thread-safe.
 */
public final class LiveSlots {

  private static final int PAGE_SLOTS = 4096;

  private final Map<PackId, Map<Integer, BitSet>> slots = new HashMap<>();

  /** Whether anything of the pack is needed. */
  public boolean needs(PackId pack) {
    return slots.containsKey(pack);
  }

  /** Every pack of which something is needed. */
  public Set<PackId> packs() {
    return Set.copyOf(slots.keySet());
  }

  /** Returns false if it was there already. */
  boolean add(Ref ref) {
    BitSet page =
        slots
            .computeIfAbsent(ref.pack(), pack -> new HashMap<>())
            .computeIfAbsent(ref.slot() / PAGE_SLOTS, number -> new BitSet());
    int bit = ref.slot() % PAGE_SLOTS;
    boolean fresh = !page.get(bit);
    page.set(bit);
    return fresh;
  }

  boolean contains(PackId pack, int slot) {
    BitSet page = slots.getOrDefault(pack, Map.of()).get(slot / PAGE_SLOTS);
    return page != null && page.get(slot % PAGE_SLOTS);
  }
}
