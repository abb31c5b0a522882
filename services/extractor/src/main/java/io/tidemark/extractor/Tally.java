package io.tidemark.extractor;

import io.tidemark.extractor.ExtractorMeters.Bytes;
import io.tidemark.extractor.ExtractorMeters.Stage;
import java.util.concurrent.atomic.LongAdder;

/** Bytes counted while a shard runs. Any thread. */
final class Tally {

  private final ExtractorMeters meters;
  private final LongAdder done = new LongAdder();
  private final LongAdder changed = new LongAdder();
  private final LongAdder zero = new LongAdder();

  Tally(ExtractorMeters meters) {
    this.meters = meters;
  }

  /** More bytes were read. */
  void read(long bytes) {
    done.add(bytes);
    meters.count(Bytes.READ, bytes);
  }

  /** More bytes were written to the target of a restore. */
  void restored(long bytes) {
    done.add(bytes);
    meters.count(Bytes.RESTORED, bytes);
  }

  void changed(long bytes) {
    changed.add(bytes);
  }

  void unchanged(long bytes) {
    meters.count(Bytes.UNCHANGED, bytes);
  }

  void zero(long bytes) {
    zero.add(bytes);
    meters.count(Bytes.ZERO, bytes);
  }

  /** Time that a stage took. */
  void time(Stage stage, long nanos) {
    meters.add(stage, nanos);
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
