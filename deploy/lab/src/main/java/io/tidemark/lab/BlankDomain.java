package io.tidemark.lab;

/**
 * A running domain without operating system, written to through QEMU's monitor as its own device
 * would: dirty bitmaps see it, backup jobs copy before it. Also once its disk has a metadata image
 * in front. Offsets and lengths are bytes, multiples of 512.
 */
public final class BlankDomain extends LabDomain {
  BlankDomain(Lab lab, String name) {
    super(lab, "blank", name);
  }

  /**
   * Fills a range with one byte.
   *
   * @param pattern 0 to 255
   */
  public void write(String target, long offset, long length, int pattern) {
    command(
        "write", target, Long.toString(offset), Long.toString(length), Integer.toString(pattern));
  }

  /** Writes zeroes and lets the storage give the space back. */
  public void zero(String target, long offset, long length) {
    command("zero", target, Long.toString(offset), Long.toString(length));
  }

  /** Discards a range, as a guest's TRIM does: QEMU may drop what is not whole clusters. */
  public void discard(String target, long offset, long length) {
    command("discard", target, Long.toString(offset), Long.toString(length));
  }

  /** Flushes a disk's caches, as a guest's barrier does. */
  public void flush(String target) {
    command("flush", target);
  }
}
