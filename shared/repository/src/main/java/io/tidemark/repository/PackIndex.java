package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The footer of a pack: where each slot is. Kept encoded, 56 bytes a slot; ascending, without the
 * slots that are dead.
 */
record PackIndex(ByteBuffer entries) {

  /** Bytes of memory that this takes. */
  int bytes() {
    return entries.limit();
  }

  /** Whether it is a footer at all: slots of 0 and more, each once. */
  boolean isAscending() {
    int previous = -1;
    for (int index = 0; index < entries.limit() / PackFormat.ENTRY_BYTES; index++) {
      if (slotAt(index) <= previous) {
        return false;
      }
      previous = slotAt(index);
    }
    return true;
  }

  /** All entries, ascending by slot. */
  List<PackFormat.Entry> all() {
    List<PackFormat.Entry> all = new ArrayList<>(entries.limit() / PackFormat.ENTRY_BYTES);
    for (int at = 0; at < entries.limit(); at += PackFormat.ENTRY_BYTES) {
      all.add(PackFormat.Entry.decode(entries.slice(at, PackFormat.ENTRY_BYTES)));
    }
    return all;
  }

  /** The entry for what {@code frame} refers to, its hash and slot agreeing with the footer's. */
  PackFormat.Entry find(Frame frame) {
    int position = position(frame.ref().slot());
    if (position < 0) {
      throw frame.damaged(-1, "the pack has no such slot");
    }
    PackFormat.Entry entry =
        PackFormat.Entry.decode(entries.slice(position, PackFormat.ENTRY_BYTES));
    if (!entry.hash().equals(frame.ref().hash())) {
      throw frame.damaged(entry.offset(), "the pack holds other content than the tree refers to");
    }
    if (!sane(entry)) {
      throw frame.damaged(entry.offset(), "the footer's lengths are impossible");
    }
    return entry;
  }

  /** Where the entry of {@code slot} starts, or -1. */
  private int position(int slot) {
    int count = entries.limit() / PackFormat.ENTRY_BYTES;
    if (slot < count && slotAt(slot) == slot) {
      return slot * PackFormat.ENTRY_BYTES;
    }
    int low = 0;
    int high = Math.min(count - 1, slot);
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int found = slotAt(middle);
      if (found == slot) {
        return middle * PackFormat.ENTRY_BYTES;
      }
      if (found < slot) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int slotAt(int index) {
    return entries.getInt(index * PackFormat.ENTRY_BYTES);
  }

  private static boolean sane(PackFormat.Entry entry) {
    return entry.rawLength() >= 1
        && entry.rawLength() <= PackFormat.MAX_CONTENT_BYTES
        && entry.storedLength() >= 1
        && entry.storedLength() <= entry.rawLength()
        && entry.offset() >= PackFormat.HEADER_BYTES;
  }
}
