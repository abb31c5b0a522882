package io.tidemark.events;

import java.util.List;

/**
 * What a conversion does: published before it is applied, and alone when only the plan was asked
 * for.
 *
 * @param xmlDiff unified difference of the persistent domain XML
 * @param commands the commands that create or remove the metadata images, as a person would type
 *     them
 * @param restartNeeded the domain runs, and must be shut off for the change
 */
public record ConversionPlanned(
    String conversionId,
    String hypervisor,
    String domainUuid,
    String domainName,
    ConversionMode mode,
    List<DiskConversion> disks,
    String xmlDiff,
    List<String> commands,
    boolean restartNeeded)
    implements ConversionEvent {
  public ConversionPlanned {
    disks = List.copyOf(disks);
    commands = List.copyOf(commands);
  }
}
