package io.tidemark.events;

/**
 * Shards wait for their turn at a worker; told about twice a second. One that has nothing to do may
 * ask for some of them with {@link ShardsWanted}.
 *
 * @param worker where they wait
 * @param shards how many
 */
public record ShardsWaiting(String worker, int shards) implements ProgressEvent {

  @Override
  public String key() {
    return worker;
  }
}
