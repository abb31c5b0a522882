package io.tidemark.repository.powercut;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The bytes of one file: as processes see them, and as they are on the disk. */
final class Content implements Inode {
  private static final int SECTOR = 512;

  private byte[] now = {};
  private byte[] durable = {};
  private final List<Change> notForced = new ArrayList<>();
  private boolean locked;

  /** Bytes written at an offset, or the length cut to it. */
  private static final class Change {
    private final int offset;
    private final byte[] bytes;
    private final boolean truncation;

    Change(int offset, byte[] bytes, boolean truncation) {
      this.offset = offset;
      this.bytes = bytes;
      this.truncation = truncation;
    }

    byte[] appliedTo(byte[] old) {
      return truncation
          ? Arrays.copyOf(old, Math.min(old.length, offset))
          : written(old, 0, bytes.length);
    }

    /** With these of the bytes alone. */
    byte[] written(byte[] old, int from, int to) {
      byte[] result = Arrays.copyOf(old, Math.max(old.length, offset + to));
      System.arraycopy(bytes, from, result, offset + from, to - from);
      return result;
    }
  }

  int size() {
    return now.length;
  }

  int read(byte[] into, int at, int offset, int length) {
    if (offset >= now.length) {
      return -1;
    }
    int count = Math.min(length, now.length - offset);
    System.arraycopy(now, offset, into, at, count);
    return count;
  }

  void write(byte[] bytes, int offset) {
    change(new Change(offset, bytes.clone(), false));
  }

  void truncate(int size) {
    if (size < now.length) {
      change(new Change(size, new byte[0], true));
    }
  }

  private void change(Change change) {
    notForced.add(change);
    now = change.appliedTo(now);
  }

  void force() {
    for (Change change : notForced) {
      durable = change.appliedTo(durable);
    }
    notForced.clear();
  }

  /** As on Linux: what could not be written is forgotten, and the next force says nothing of it. */
  void failToForce() {
    notForced.clear();
  }

  boolean lock() {
    boolean free = !locked;
    locked = true;
    return free;
  }

  void unlock() {
    locked = false;
  }

  /** What is found after a power cut: each sector that was not forced is there with that chance. */
  Content afterPowerCut(Random random, double chance) {
    Content found = new Content();
    byte[] bytes = durable.clone();
    for (Change change : notForced) {
      int step = change.truncation ? 1 : SECTOR;
      for (int from = 0; from < Math.max(1, change.bytes.length); from += step) {
        if (random.nextDouble() < chance) {
          int to = Math.min(from + SECTOR, change.bytes.length);
          bytes = change.truncation ? change.appliedTo(bytes) : change.written(bytes, from, to);
        }
      }
    }
    found.now = bytes;
    found.durable = bytes.clone();
    return found;
  }
}
