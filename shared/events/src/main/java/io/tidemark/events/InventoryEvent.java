package io.tidemark.events;

/**
 * What the inventory service says of a hypervisor's domains; the topic is compacted by domain UUID.
 */
public sealed interface InventoryEvent extends Event permits DomainSeen, DomainChanged, DomainGone {

  /** The name of the hypervisor that the domain lives on. */
  String hypervisor();

  /** The domain's libvirt UUID. */
  String domainUuid();

  @Override
  default Topic topic() {
    return Topic.INVENTORY;
  }

  @Override
  default String key() {
    return domainUuid();
  }
}
