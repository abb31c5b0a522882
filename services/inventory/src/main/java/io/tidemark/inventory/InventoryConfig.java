package io.tidemark.inventory;

import java.time.Duration;

/**
 * How often the inventory looks.
 *
 * @param interval between two looks at the hypervisor
 * @param refresh after which everything is looked up and said again, for readers that lost what
 *     they knew
 */
public record InventoryConfig(Duration interval, Duration refresh) {

  /** Looks every five seconds, says everything again every five minutes. */
  public static InventoryConfig defaults() {
    return new InventoryConfig(Duration.ofSeconds(5), Duration.ofMinutes(5));
  }
}
