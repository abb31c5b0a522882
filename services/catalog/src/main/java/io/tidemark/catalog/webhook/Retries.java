package io.tidemark.catalog.webhook;

import java.time.Duration;
import java.util.Optional;

/**
 * When a delivery that failed is tried again.
 *
 * @param attempts how often at most
 * @param first the pause after the first attempt; each is three times the one before
 * @param longest the longest pause
 */
public record Retries(int attempts, Duration first, Duration longest) {

  /** Ten attempts over about a day. */
  public static Retries defaults() {
    return new Retries(10, Duration.ofSeconds(30), Duration.ofHours(6));
  }

  /** The pause after that many attempts; empty when it is given up. */
  Optional<Duration> after(int attempt) {
    if (attempt >= attempts) {
      return Optional.empty();
    }
    Duration pause = first;
    for (int i = 1; i < attempt && pause.compareTo(longest) < 0; i++) {
      pause = pause.multipliedBy(3);
    }
    return Optional.of(pause.compareTo(longest) < 0 ? pause : longest);
  }
}
