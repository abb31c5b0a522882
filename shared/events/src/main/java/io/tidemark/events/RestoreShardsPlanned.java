package io.tidemark.events;

import java.util.Map;
import java.util.Optional;

/**
 * The restore is cut into shards. The first plan counts, and of the shards those that were cut by
 * it.
 *
 * @param shards target name to number of shards
 * @param cut names the ranges that the shards are; empty in events of earlier versions
 */
public record RestoreShardsPlanned(
    String restoreId, Map<String, Integer> shards, Optional<String> cut) implements RestoreEvent {
  public RestoreShardsPlanned {
    shards = Map.copyOf(shards);
  }
}
