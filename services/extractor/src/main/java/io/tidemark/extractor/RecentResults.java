package io.tidemark.extractor;

import io.tidemark.events.Event;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The results of the last shards, so that a shard delivered again is not done again. Not
 * thread-safe.
 */
final class RecentResults {

  /** A result with every leaf changed takes about half a megabyte. */
  private static final int MAX = 32;

  private final Map<String, Event> results = new LinkedHashMap<>();

  void put(String shardKey, Event result) {
    results.put(shardKey, result);
    if (results.size() > MAX) {
      results.remove(results.keySet().iterator().next());
    }
  }

  Optional<Event> get(String shardKey) {
    return Optional.ofNullable(results.get(shardKey));
  }
}
