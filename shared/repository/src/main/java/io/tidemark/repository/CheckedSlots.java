package io.tidemark.repository;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What a verification knows already: of each slot in one bit whether it is sound, of each bad block
 * why.
 */
final class CheckedSlots {

  private final Map<PackId, BitSet> sound = new HashMap<>();
  private final Map<Ref, String> bad = new HashMap<>();

  /** Whether the block in that slot, or everything under that node, was found to be right. */
  boolean isSound(Ref ref) {
    BitSet bits = sound.get(ref.pack());
    return bits != null && bits.get(ref.slot());
  }

  void markSound(Ref ref) {
    sound.computeIfAbsent(ref.pack(), pack -> new BitSet()).set(ref.slot());
  }

  /** Why the block was found bad earlier; empty text if it was not. */
  String badBecause(Ref ref) {
    return bad.getOrDefault(ref, "");
  }

  /** Every block that was found bad, with the reason. */
  Map<Ref, String> bad() {
    return Map.copyOf(bad);
  }

  void markBad(Ref ref, String reason) {
    bad.put(ref, reason);
  }
}
