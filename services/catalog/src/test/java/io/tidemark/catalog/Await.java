package io.tidemark.catalog;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waits for what is to become so. */
final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Await() {}

  /** What {@code look} finds in the end; fails the test if it never does. */
  static <T> T until(String what, Supplier<Optional<T>> look) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (true) {
      Optional<T> found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("Waited in vain for " + what);
      }
      Thread.sleep(20);
    }
  }

  /** The pace of somebody who sends at intervals. */
  static void pause(Duration pace) throws InterruptedException {
    Thread.sleep(pace.toMillis());
  }
}
