package io.tidemark.events;

import java.util.List;

/**
 * One domain as the inventory sees it.
 *
 * @param uuid libvirt's UUID
 * @param name libvirt's name, unique on its hypervisor
 * @param state what it is doing
 * @param disks its disks in the order of the domain XML
 */
public record DomainDescription(
    String uuid, String name, DomainState state, List<DiskDescription> disks) {
  public DomainDescription {
    disks = List.copyOf(disks);
  }
}
