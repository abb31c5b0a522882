package io.tidemark.repository;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Holds a thread back so that it reads no more than so many bytes a second. Not thread-safe. */
final class Pace {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final OptionalLong bytesPerSecond;
  private final long start = System.nanoTime();
  private double dueNanos;

  Pace(OptionalLong bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** Waits until so many more bytes may have been read; returns early when interrupted. */
  void read(long bytes) {
    if (bytesPerSecond.isEmpty()) {
      return;
    }
    dueNanos += (double) bytes * NANOS / bytesPerSecond.getAsLong();
    long wait = (long) dueNanos - (System.nanoTime() - start);
    while (wait > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(wait);
      wait = (long) dueNanos - (System.nanoTime() - start);
    }
  }
}
