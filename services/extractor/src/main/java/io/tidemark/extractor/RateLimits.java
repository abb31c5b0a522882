package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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

  /**
   * Waits for its turn.
   *
   * @param givenUp when it completes first, what was reserved is given back
   * @return completes when so many bytes may be read or written; fails with {@link
   *     java.util.concurrent.CancellationException} when they were given up
   */
  Future<Void> take(ShardOrigin origin, long bytes, Future<Void> givenUp) {
    long now = System.nanoTime();
    buckets.values().removeIf(bucket -> bucket.isIdle(now));
    List<Taken> taken =
        Stream.of(
                take(origin.hypervisor(), config.hypervisorBytesPerSecond(), bytes, now),
                take(origin.domainUuid(), config.domainBytesPerSecond(), bytes, now))
            .flatMap(Optional::stream)
            .toList();
    long wait = taken.stream().mapToLong(Taken::waitNanos).max().orElse(0);
    return wait < TimeUnit.MILLISECONDS.toNanos(1)
        ? Future.succeededFuture()
        : turn(wait, taken, givenUp);
  }

  private Future<Void> turn(long waitNanos, List<Taken> taken, Future<Void> givenUp) {
    Timer timer = vertx.timer(waitNanos, TimeUnit.NANOSECONDS);
    givenUp.onComplete(over -> {
      if (timer.cancel()) {
        taken.forEach(Taken::giveBack);
      }
    });
    return timer.mapEmpty();
  }

  private Optional<Taken> take(Optional<String> place, long bytesPerSecond, long bytes, long now) {
    if (bytesPerSecond == 0 || place.isEmpty()) {
      return Optional.empty();
    }
    double share = (double) bytesPerSecond / colleagues.workersAt(place.get());
    TokenBucket bucket = buckets.computeIfAbsent(place.get(), p -> new TokenBucket(now));
    return Optional.of(new Taken(bucket, bytes, share, bucket.take(bytes, share, now)));
  }

  /** Bytes taken from a bucket at the rate of the time. */
  private record Taken(TokenBucket bucket, long bytes, double bytesPerSecond, long waitNanos) {
    void giveBack() {
      bucket.giveBack(bytes, bytesPerSecond);
    }
  }
}
