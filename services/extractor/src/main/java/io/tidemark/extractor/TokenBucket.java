package io.tidemark.extractor;

/**
 * Tells how long to wait so that a rate is kept: who takes reserves the time that its bytes take,
 * behind all who took before. After a pause a tenth of a second's worth comes at once. One context
 * only.
 */
final class TokenBucket {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long BURST_NANOS = 100_000_000;

  private long nextFree;

  /**
   * @param nanoTime now
   */
  TokenBucket(long nanoTime) {
    this.nextFree = nanoTime - BURST_NANOS;
  }

  /**
   * Takes {@code bytes}.
   *
   * @param bytesPerSecond as it is now; may be another one each time
   * @return how many nanoseconds from {@code now} they may be used; 0 or less is at once
   */
  long take(long bytes, double bytesPerSecond, long now) {
    long begin = Math.max(nextFree, now - BURST_NANOS);
    nextFree = begin + (long) (bytes / bytesPerSecond * NANOS_PER_SECOND);
    return begin - now;
  }

  /** What was taken at that rate is not used after all; those who wait already wait on. */
  void giveBack(long bytes, double bytesPerSecond) {
    nextFree -= (long) (bytes / bytesPerSecond * NANOS_PER_SECOND);
  }

  /** Whether it is like a new one. */
  boolean isIdle(long now) {
    return nextFree <= now - BURST_NANOS;
  }
}
