package io.tidemark.events;

import java.util.List;
import java.util.Optional;

/**
 * The catalog has recorded the request and found the restore point.
 *
 * @param hypervisor whose converter is to prepare the targets
 * @param domainXmlPath where to write the domain XML, if a directory was asked for
 */
public record RestoreAccepted(
    String restoreId,
    String hypervisor,
    String pointId,
    String domainName,
    String domainXml,
    Optional<String> domainXmlPath,
    boolean overwrite,
    List<RestoreDisk> disks)
    implements RestoreEvent {
  public RestoreAccepted {
    disks = List.copyOf(disks);
  }
}
