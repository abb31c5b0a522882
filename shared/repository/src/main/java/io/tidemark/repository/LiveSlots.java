package io.tidemark.repository;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which slots of which packs are needed: a bit for each. Not thread-safe. */
public final class LiveSlots {

  private final Map<PackId, BitSet> slots = new HashMap<>();

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
    BitSet bits = slots.computeIfAbsent(ref.pack(), pack -> new BitSet());
    boolean fresh = !bits.get(ref.slot());
    bits.set(ref.slot());
    return fresh;
  }

  boolean contains(PackId pack, int slot) {
    BitSet bits = slots.get(pack);
    return bits != null && bits.get(slot);
  }
}
