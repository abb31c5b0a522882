package io.tidemark.catalog.live;

import java.util.Optional;
import java.util.Set;

/**
 * Which events are wanted.
 *
 * @param types simple names of event types; empty for all
 */
public record EventFilter(Optional<String> domainUuid, Optional<String> job, Set<String> types) {

  public EventFilter {
    types = Set.copyOf(types);
  }

  /** Whether events of that type are wanted. */
  public boolean wants(String type) {
    return types.isEmpty() || types.contains(type);
  }

  /** Whether what belongs to that job of that VM is wanted. */
  public boolean wants(Optional<String> ofDomain, String ofJob) {
    return job.map(wanted -> wanted.equals(ofJob)).orElse(true)
        && (domainUuid.isEmpty() || domainUuid.equals(ofDomain));
  }
}
