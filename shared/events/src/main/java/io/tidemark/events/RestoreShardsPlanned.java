package io.tidemark.events;

import java.util.Map;

/**
 * The restore is cut into shards.
 *
 * @param shards target name to number of shards
 */
public record RestoreShardsPlanned(String restoreId, Map<String, Integer> shards)
    implements RestoreEvent {
  public RestoreShardsPlanned {
    shards = Map.copyOf(shards);
  }
}
