package io.tidemark.repository;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which blocks a verification has to read, and how many plain bytes they have in each pack. */
final class NeededBlocks {

  private final LiveSlots slots = new LiveSlots();
  private final Map<PackId, Long> bytes = new HashMap<>();

  void add(Ref ref, long lengthBytes) {
    if (slots.add(ref)) {
      bytes.merge(ref.pack(), lengthBytes, Long::sum);
    }
  }

  boolean contains(PackId pack, int slot) {
    return slots.contains(pack, slot);
  }

  /** In an order that is the same every time. */
  List<PackId> packs() {
    return bytes.keySet().stream().sorted(Comparator.comparing(PackId::toString)).toList();
  }

  long bytes(PackId pack) {
    return bytes.getOrDefault(pack, 0L);
  }

  long bytes() {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
