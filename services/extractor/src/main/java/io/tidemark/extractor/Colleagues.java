package io.tidemark.extractor;

import io.tidemark.events.ShardProgress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Which workers are at work where, by the heartbeats of their shards: they share the limits there.
 * One context only.
 */
final class Colleagues {

  /** Heartbeats come every second; three missed ones mean that the worker has nothing there. */
  private static final long GONE_NANOS = Duration.ofMillis(3_500).toNanos();

  private final String self;
  private final LongSupplier nanoTime;
  private final Map<String, Map<String, Long>> lastSeen = new HashMap<>();

  /**
   * @param self this worker's name
   */
  Colleagues(String self, LongSupplier nanoTime) {
    this.self = self;
    this.nanoTime = nanoTime;
  }

  /** A shard lives. */
  void heard(ShardProgress progress) {
    if (!progress.worker().equals(self)) {
      progress.hypervisor().ifPresent(place -> see(place, progress.worker()));
      progress.domainUuid().ifPresent(place -> see(place, progress.worker()));
    }
  }

  /** How many workers are at work on that hypervisor or domain, this one with them. */
  int workersAt(String place) {
    Map<String, Long> seen = lastSeen.getOrDefault(place, Map.of());
    long oldest = nanoTime.getAsLong() - GONE_NANOS;
    return 1 + (int) seen.values().stream().filter(at -> at - oldest >= 0).count();
  }

  private void see(String place, String worker) {
    long now = nanoTime.getAsLong();
    Map<String, Long> seen = lastSeen.computeIfAbsent(place, p -> new HashMap<>());
    seen.put(worker, now);
    seen.values().removeIf(at -> at - (now - GONE_NANOS) < 0);
  }
}
