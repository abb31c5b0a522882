package io.tidemark.nbd.protocol;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which bytes of a read have come: every one exactly once, in any order ("Structured reply types").
 */
final class Coverage {
  /** As if the largest read came in single sectors, every other one; then memory is at stake. */
  private static final int MAX_PIECES = 1 << 16;

  private final long length;
  private final TreeMap<Long, Long> ranges = new TreeMap<>();
  private long covered;

  Coverage(long length) {
    this.length = length;
  }

  void add(long start, long bytes) {
    long end = start + bytes;
    Map.Entry<Long, Long> before = ranges.floorEntry(start);
    Map.Entry<Long, Long> after = ranges.ceilingEntry(start);
    if ((before != null && before.getValue() > start) || (after != null && after.getKey() < end)) {
      throw new IllegalReply("chunks of a read overlap");
    }
    covered += bytes;
    // Neighbours are joined, so that chunks in order cost one entry.
    long from = start;
    long to = end;
    if (before != null && before.getValue() == start) {
      from = before.getKey();
    }
    if (after != null && after.getKey() == end) {
      to = after.getValue();
      ranges.remove(end);
    }
    ranges.put(from, to);
    if (ranges.size() > MAX_PIECES) {
      throw new IllegalReply("a read is answered in too many pieces");
    }
  }

  boolean complete() {
    return covered == length;
  }
}
