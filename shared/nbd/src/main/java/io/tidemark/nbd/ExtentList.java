package io.tidemark.nbd;

import io.tidemark.nbd.protocol.Extents;
import java.util.ArrayList;
import java.util.List;

/** Gathers the extents of a range in one context out of as many replies as it takes. */
final class ExtentList {
  private final List<NbdExtent> extents = new ArrayList<>();
  private final long end;
  private long next;

  ExtentList(long start, long end) {
    this.next = start;
    this.end = end;
  }

  /** Up to where it is known. */
  long next() {
    return next;
  }

  int size() {
    return extents.size();
  }

  /** Takes a reply; what is known already is passed over. */
  void add(long replyStart, Extents reply) {
    long at = replyStart;
    for (int i = 0; i < reply.count() && next < end; i++) {
      long stop = reply.length(i) > end - at ? end : at + reply.length(i);
      if (stop > next) {
        add(stop - next, reply.flags(i));
      }
      at = stop;
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
