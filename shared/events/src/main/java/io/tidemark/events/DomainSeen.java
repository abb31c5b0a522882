package io.tidemark.events;

/**
 * The inventory sees a domain for the first time since it was started, or says again what is there.
 */
public record DomainSeen(String hypervisor, DomainDescription domain) implements InventoryEvent {
  @Override
  public String domainUuid() {
    return domain.uuid();
  }
}
