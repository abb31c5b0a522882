package io.tidemark.events;

/** A domain is no longer defined on its hypervisor. Its restore points stay. */
public record DomainGone(String hypervisor, String domainUuid, String name)
    implements InventoryEvent {}
