package io.tidemark.inventory;

import io.tidemark.events.DomainChanged;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainGone;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.InventoryEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What there is to say between what was said and what is there. */
final class InventoryChanges {
  private InventoryChanges() {}

  /**
   * The events that bring a reader from {@code said} to {@code now}.
   *
   * @param said by domain UUID
   * @param everything say unchanged domains again, too
   */
  static List<InventoryEvent> between(
      String hypervisor,
      Map<String, DomainDescription> said,
      List<DomainDescription> now,
      boolean everything) {
    List<InventoryEvent> events = new ArrayList<>();
    for (DomainDescription domain : now) {
      DomainDescription before = said.get(domain.uuid());
      if (before == null || (everything && before.equals(domain))) {
        events.add(new DomainSeen(hypervisor, domain));
      } else if (!before.equals(domain)) {
        events.add(new DomainChanged(hypervisor, domain));
      }
    }
    Set<String> there = now.stream().map(DomainDescription::uuid).collect(Collectors.toSet());
    said.values().stream()
        .filter(domain -> !there.contains(domain.uuid()))
        .forEach(domain -> events.add(new DomainGone(hypervisor, domain.uuid(), domain.name())));
    return events;
  }

  /** Notes that an event was said. */
  static void apply(InventoryEvent event, Map<String, DomainDescription> said) {
    switch (event) {
      case DomainSeen seen -> said.put(seen.domainUuid(), seen.domain());
      case DomainChanged changed -> said.put(changed.domainUuid(), changed.domain());
      case DomainGone gone -> said.remove(gone.domainUuid());
    }
  }
}
