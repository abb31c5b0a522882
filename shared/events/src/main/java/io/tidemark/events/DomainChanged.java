package io.tidemark.events;

/** A domain's state or one of its disks is no longer what was last said. */
public record DomainChanged(String hypervisor, DomainDescription domain) implements InventoryEvent {
  @Override
  public String domainUuid() {
    return domain.uuid();
  }
}
