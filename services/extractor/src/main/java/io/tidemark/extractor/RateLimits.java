package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps what this worker reads and writes within its share of the limits. Waits, and never blocks.
 * One context only.
 */
final class RateLimits {

  private final Vertx vertx;
  private final RateConfig config;
  private final Colleagues colleagues;
  private final Map<String, TokenBucket> buckets = new HashMap<>();

  RateLimits(Vertx vertx, RateConfig config, Colleagues colleagues) {
    this.vertx = vertx;
    this.config = config;
    this.colleagues = colleagues;
  }

  /** Completes when so many bytes may be read or written. */
  Future<Void> take(ShardOrigin origin, long bytes) {
    long wait =
        Math.max(
            delay(origin.hypervisor(), config.hypervisorBytesPerSecond(), bytes),
            delay(origin.domainUuid(), config.domainBytesPerSecond(), bytes));
    return wait < TimeUnit.MILLISECONDS.toNanos(1)
        ? Future.succeededFuture()
        : vertx.timer(wait, TimeUnit.NANOSECONDS).mapEmpty();
  }

  private long delay(Optional<String> place, long bytesPerSecond, long bytes) {
    if (bytesPerSecond == 0 || place.isEmpty()) {
      return 0;
    }
    long now = System.nanoTime();
    double share = (double) bytesPerSecond / colleagues.workersAt(place.get());
    return buckets.computeIfAbsent(place.get(), p -> new TokenBucket(now)).take(bytes, share, now);
  }
}
