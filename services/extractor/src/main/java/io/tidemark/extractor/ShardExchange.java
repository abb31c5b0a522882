package io.tidemark.extractor;

import io.tidemark.events.Event;
import io.tidemark.events.ShardsWaiting;
import io.tidemark.events.ShardsWanted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evens out what waits for its turn: workers tell how much that is, one with nothing to do asks
 * where it is most, and is given half of it at most. One context only.
 */
final class ShardExchange {

  private static final Logger LOG = LoggerFactory.getLogger(ShardExchange.class);

  private static final long PERIOD_MILLIS = 500;

  private final Vertx vertx;
  private final String self;
  private final ShardRuns shards;
  private final Announcements announcements;
  private final Supplier<Collection<Integer>> idlePartitions;

  /** How much waits where, as far as it was told and that worker was not asked since. */
  private final Map<String, Integer> elsewhere = new HashMap<>();

  private Optional<Long> timer = Optional.empty();

  /**
   * @param self this worker's name
   * @param idlePartitions where this worker would take a shard at once
   */
  ShardExchange(
      Vertx vertx,
      String self,
      ShardRuns shards,
      Announcements announcements,
      Supplier<Collection<Integer>> idlePartitions) {
    this.vertx = vertx;
    this.self = self;
    this.shards = shards;
    this.announcements = announcements;
    this.idlePartitions = idlePartitions;
  }

  void start() {
    timer = Optional.of(vertx.setPeriodic(PERIOD_MILLIS, tick -> tell()));
    shards.whenFree(this::ask);
  }

  void stop() {
    timer.ifPresent(vertx::cancelTimer);
  }

  /** Shards wait at some worker. */
  void heard(ShardsWaiting waiting) {
    if (!waiting.worker().equals(self)) {
      elsewhere.put(waiting.worker(), waiting.shards());
      ask();
    }
  }

  /** A worker asks; completes when what it gets is published, or can't be. */
  Future<Void> wanted(ShardsWanted wanted) {
    if (!wanted.from().equals(self)) {
      return Future.succeededFuture();
    }
    // What can't be published stays with this worker: its own delivery is handled again.
    return shards.handOver(wanted.partitions()).onSuccess(done -> tell()).otherwiseEmpty();
  }

  private void tell() {
    if (shards.waiting() > 0) {
      say(new ShardsWaiting(self, shards.waiting()));
    }
  }

  /** Asks for as many shards as can begin at once, if any wait elsewhere. */
  private void ask() {
    if (elsewhere.isEmpty() || shards.free() == 0) {
      return;
    }
    List<Integer> partitions = idlePartitions.get().stream().limit(shards.free()).toList();
    if (!partitions.isEmpty()) {
      String from = mostElsewhere();
      elsewhere.remove(from);
      say(new ShardsWanted(self, from, partitions));
    }
  }

  private String mostElsewhere() {
    return elsewhere.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  private void say(Event event) {
    announcements
        .one(event)
        .onFailure(e -> LOG.debug("Shards are not evened out now: {}", e.getMessage()));
  }
}
