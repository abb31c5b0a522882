package io.tidemark.events;

import java.util.List;

/**
 * The metadata images stand in front of the raw disks, whose content is proven unchanged.
 *
 * @param restarted the domain was shut down and started again for it
 */
public record ConversionApplied(
    String conversionId,
    String hypervisor,
    String domainUuid,
    String domainName,
    List<DiskConversion> disks,
    boolean restarted)
    implements ConversionEvent {
  public ConversionApplied {
    disks = List.copyOf(disks);
  }
}
