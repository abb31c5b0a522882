package io.tidemark.repository;

import static java.util.Objects.requireNonNull;

/**
 * The domain that a restore point is of.
 *
 * @param uuid libvirt's UUID of it
 * @param name its name at that instant
 * @param hypervisor the libvirt URI or name of the host it ran on
 */
public record ManifestVm(String uuid, String name, String hypervisor) {

  public ManifestVm {
    requireNonNull(uuid, "uuid");
    requireNonNull(name, "name");
    requireNonNull(hypervisor, "hypervisor");
  }
}
