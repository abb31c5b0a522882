package io.tidemark.events;

import java.util.List;

/**
 * The metadata images are gone, and the domain uses its raw disks directly again.
 *
 * @param restarted the domain was shut down and started again for it
 */
public record ConversionReverted(
    String conversionId,
    String hypervisor,
    String domainUuid,
    String domainName,
    List<DiskConversion> disks,
    boolean restarted)
    implements ConversionEvent {
  public ConversionReverted {
    disks = List.copyOf(disks);
  }
}
