package io.tidemark.nbd;

import java.util.ArrayList;
import java.util.List;

/** Gathers the extents of a range out of as many replies as it takes. */
final class ExtentList {
  private final List<NbdExtent> extents = new ArrayList<>();
  private final long end;
  private long next;

  ExtentList(long start, long end) {
    this.next = start;
    this.end = end;
  }

  /** Where the next reply must begin. */
  long next() {
    return next;
  }

  long end() {
    return end;
  }

  boolean complete() {
    return next == end;
  }

  void add(Extents reply) {
    for (int i = 0; i < reply.count() && next < end; i++) {
      add(Math.min(reply.length(i), end - next), reply.flags(i));
    }
  }

  List<NbdExtent> extents() {
    return List.copyOf(extents);
  }

  private void add(long length, long flags) {
    if (!extents.isEmpty() && extents.getLast().flags() == flags) {
      NbdExtent last = extents.removeLast();
      extents.add(new NbdExtent(last.offset(), last.lengthBytes() + length, flags));
    } else {
      extents.add(new NbdExtent(next, length, flags));
    }
    next += length;
  }
}
