package io.tidemark.repository;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects damage: neighbouring ranges with one cause become one, and points that share it are
 * named together.
 */
final class DamageLog {

  private record Range(
      String target, long offset, long length, Optional<PackId> pack, String reason) {

    boolean isContinuedBy(Range next) {
      return target.equals(next.target)
          && offset + length == next.offset
          && pack.equals(next.pack)
          && reason.equals(next.reason);
    }

    Range plus(Range next) {
      return new Range(target, offset, length + next.length, pack, reason);
    }
  }

  private final Map<Range, List<String>> points = new LinkedHashMap<>();
  private final List<Range> current = new ArrayList<>();

  void add(String target, long offset, long length, Optional<PackId> pack, String reason) {
    Range range = new Range(target, offset, length, pack, reason);
    if (!current.isEmpty() && current.getLast().isContinuedBy(range)) {
      current.add(current.removeLast().plus(range));
    } else {
      current.add(range);
    }
  }

  /** All that was added since the last call belongs to {@code pointId}. */
  void endOf(String pointId) {
    current.forEach(range -> points.computeIfAbsent(range, key -> new ArrayList<>()).add(pointId));
    current.clear();
  }

  List<Damage> damages() {
    List<Damage> damages = new ArrayList<>();
    points.forEach((range, pointIds) ->
        damages.add(
            new Damage(
                List.copyOf(pointIds),
                range.target,
                range.offset,
                range.length,
                range.pack,
                range.reason)));
    return damages;
  }
}
