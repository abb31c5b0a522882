package io.tidemark.repository;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which of the packs that no restore point needs may be deleted. A pack says not which backup made
 * it, and a running backup's packs are in no restore point yet. So a pack that no sealed point has
 * ever brought along goes only when every backup has ended that ran when it was first seen.
 *
 * <p>That is right if these are found out in this order, while no point is forgotten: the packs
 * that are there; then, at one instant, the backups that run and the packs of sealed points; then
 * what the restore points need.
 *
 * @param deletable packs that may go
 * @param waiting packs that may not go yet, with the backups that ran when each was first seen
 */
public record GarbagePlan(Set<PackId> deletable, Map<PackId, Set<String>> waiting) {

  public GarbagePlan {
    deletable = Set.copyOf(deletable);
    waiting = Map.copyOf(waiting);
  }

  /**
   * Decides.
   *
   * @param there all packs
   * @param live what restore points need
   * @param sealed packs that sealed points, also forgotten ones, have brought along
   * @param running backups that have neither been sealed nor failed
   * @param suspects what was waiting the last time
   */
  public static GarbagePlan of(
      Set<PackId> there,
      LiveSlots live,
      Set<PackId> sealed,
      Set<String> running,
      Map<PackId, Set<String>> suspects) {
    Set<PackId> deletable = new HashSet<>();
    Map<PackId, Set<String>> waiting = new HashMap<>();
    for (PackId pack : there) {
      if (live.needs(pack)) {
        continue;
      }
      Set<String> owners = suspects.getOrDefault(pack, running);
      if (sealed.contains(pack) || Collections.disjoint(owners, running)) {
        deletable.add(pack);
      } else {
        waiting.put(pack, Set.copyOf(owners));
      }
    }
    return new GarbagePlan(deletable, waiting);
  }
}
