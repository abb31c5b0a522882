package io.tidemark.events;

import java.util.List;

/**
 * A worker has nothing to do and asks another one, where shards wait for their turn, for some of
 * them. That one publishes them anew; if nothing waits there any more, it says nothing.
 *
 * @param worker who asks
 * @param from who is asked
 * @param partitions of {@link Topic#SHARDS}: one for each shard that is wanted, read by who asks
 */
public record ShardsWanted(String worker, String from, List<Integer> partitions)
    implements ProgressEvent {

  public ShardsWanted {
    partitions = List.copyOf(partitions);
  }

  @Override
  public String key() {
    return worker;
  }
}
