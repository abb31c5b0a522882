package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bounded number of places to work, shared fairly among jobs: a free place goes to the job that
 * has the fewest, and among equals to the one whose last turn is longest ago. Within a job, first
 * come is first served. Work that only waits for its end leaves its place to the next. One context
 * only.
 */
final class FairSlots {

  private final Map<String, Integer> held = new HashMap<>();
  private final Map<String, Long> lastTurns = new HashMap<>();
  private final Map<String, Deque<Place>> waiting = new LinkedHashMap<>();
  private final int count;
  private int free;
  private int finishing;
  private long turns;

  FairSlots(int count) {
    this.count = count;
    this.free = count;
  }

  /** Asks for a place for one shard of a job. */
  Place ask(String job) {
    Place place = new Place(job);
    waiting.computeIfAbsent(job, j -> new ArrayDeque<>()).add(place);
    grant();
    return place;
  }

  /** How many places nobody has; none while anybody waits for one. */
  int free() {
    return free;
  }

  /** How many wait for a place. */
  int waiting() {
    return waiting.values().stream().mapToInt(Deque::size).sum();
  }

  private void grant() {
    while (free > 0 && !waiting.isEmpty()) {
      String job = next();
      Deque<Place> queue = waiting.remove(job);
      Place place = queue.remove();
      if (!queue.isEmpty()) {
        waiting.put(job, queue);
      }
      free--;
      held.merge(job, 1, Integer::sum);
      lastTurns.put(job, ++turns);
      place.granted.complete();
    }
  }

  private String next() {
    return waiting.keySet().stream()
        .min(
            Comparator.<String>comparingInt(job -> held.getOrDefault(job, 0))
                .thenComparingLong(job -> lastTurns.getOrDefault(job, 0L)))
        .orElseThrow();
  }

  /** A place that was asked for. */
  final class Place {
    private final String job;
    private final Promise<Void> granted = Promise.promise();
    private boolean left;

    private Place(String job) {
      this.job = job;
    }

    /** Completes when work may begin; never, if it is withdrawn. */
    Future<Void> granted() {
      return granted.future();
    }

    /** Asks no more, unless the place is granted already; returns whether that was in time. */
    boolean withdraw() {
      Deque<Place> queue = waiting.getOrDefault(job, new ArrayDeque<>());
      boolean inTime = queue.remove(this);
      if (queue.isEmpty()) {
        waiting.remove(job);
      }
      return inTime;
    }

    /**
     * What is left to do is waiting: another may have the place, unless as many as there are places
     * wait for their end already.
     */
    void finishing() {
      if (!left && finishing < count) {
        left = true;
        finishing++;
        leave();
      }
    }

    /** Gives a granted place back; call it once. */
    void give() {
      if (left) {
        finishing--;
      } else {
        leave();
      }
    }

    private void leave() {
      held.computeIfPresent(job, (j, count) -> count == 1 ? null : count - 1);
      free++;
      grant();
      if (!held.containsKey(job) && !waiting.containsKey(job)) {
        lastTurns.remove(job);
      }
    }
  }
}
