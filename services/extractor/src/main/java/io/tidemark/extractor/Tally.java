package io.tidemark.extractor;

import java.util.concurrent.atomic.LongAdder;

/** Bytes counted while a shard runs. Any thread. */
final class Tally {

  private final LongAdder done = new LongAdder();
  private final LongAdder changed = new LongAdder();
  private final LongAdder zero = new LongAdder();

  /** Bytes read, or written, so far. */
  void read(long bytes) {
    done.add(bytes);
  }

  void changed(long bytes) {
    changed.add(bytes);
  }

  void zero(long bytes) {
    zero.add(bytes);
  }

  long readBytes() {
    return done.sum();
  }

  long changedBytes() {
    return changed.sum();
  }

  long zeroBytes() {
    return zero.sum();
  }
}
