package io.tidemark.converter;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.DiskProtection;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a conversion will do, worked out from the domain's definition alone.
 *
 * @param newXml the persistent definition afterwards
 * @param disks what is changed; empty if everything is as asked already
 */
record ConversionPlan(
    ConversionRequested request, Domain domain, DomainXml newXml, List<PlannedDisk> disks) {

  /** One disk to be changed. */
  record PlannedDisk(String target, Path raw, Path metadataImage) {}

  /**
   * Plans it.
   *
   * @throws ConversionRefused saying which disk can't be done and why
   */
  static ConversionPlan of(
      ConversionRequested request, Domain domain, long libVersion, ConverterConfig config) {
    List<PlannedDisk> planned = new ArrayList<>();
    DomainXml xml = domain.persistentXml();
    for (Disk disk : chosen(request, domain)) {
      Optional<PlannedDisk> change =
          request.mode() == ConversionMode.REVERT
              ? revert(disk)
              : apply(request, domain, disk, libVersion, config);
      if (change.isPresent()) {
        planned.add(change.get());
        xml =
            request.mode() == ConversionMode.REVERT
                ? xml.withoutMetadataImage(disk.target())
                : xml.withMetadataImage(disk.target(), change.get().metadataImage().toString());
      }
    }
    return new ConversionPlan(request, domain, xml, List.copyOf(planned));
  }

  boolean nothingToDo() {
    return disks.isEmpty();
  }

  /** The plan as an event; sizes are not in it, since a plan doesn't look at the disks. */
  ConversionPlanned toEvent(String hypervisor) {
    return new ConversionPlanned(
        request.conversionId(),
        hypervisor,
        domain.uuid(),
        domain.name(),
        request.mode(),
        disks.stream()
            .map(d ->
                new DiskConversion(
                    d.target(),
                    d.raw().toString(),
                    d.metadataImage().toString(),
                    0,
                    Optional.empty(),
                    Optional.empty()))
            .toList(),
        xmlDiff(),
        disks.stream().flatMap(d -> commands(d).stream()).toList(),
        domain.active() && !nothingToDo());
  }

  private List<String> commands(PlannedDisk disk) {
    return request.mode() == ConversionMode.REVERT
        ? List.of("rm " + disk.metadataImage())
        : MetadataImages.commands(disk.raw(), disk.metadataImage());
  }

  private String xmlDiff() {
    List<String> before = domain.persistentXml().text().lines().toList();
    List<String> after = newXml.text().lines().toList();
    return String.join(
        "\n",
        UnifiedDiffUtils.generateUnifiedDiff(
            domain.name() + ".xml (now)",
            domain.name() + ".xml (then)",
            before,
            DiffUtils.diff(before, after),
            3));
  }

  private static List<Disk> chosen(ConversionRequested request, Domain domain) {
    if (request.disks().isEmpty()) {
      return domain.persistentXml().disks().stream()
          .filter(disk -> disk.device().equals("disk"))
          .toList();
    }
    return request.disks().stream()
        .map(target ->
            domain
                .persistentXml()
                .disk(target)
                .orElseThrow(() ->
                    new ConversionRefused("VM " + domain.name() + " has no disk '" + target + "'")))
        .toList();
  }

  private static Optional<PlannedDisk> apply(
      ConversionRequested request,
      Domain domain,
      Disk disk,
      long libVersion,
      ConverterConfig config) {
    DiskProtection.Protectability judged = DiskProtection.of(disk, libVersion);
    return switch (judged.kind()) {
      case PROTECTED -> Optional.empty();
      case CONVERTIBLE ->
          Optional.of(
              new PlannedDisk(
                  disk.target(),
                  Path.of(disk.source().orElseThrow()),
                  config.metadataImage(domain.uuid(), disk.target())));
      case UNSUPPORTED -> {
        if (request.disks().isEmpty() && hasAnotherCandidate(domain, libVersion)) {
          yield Optional.empty();
        }
        throw new ConversionRefused(
            "Disk "
                + disk.target()
                + " of VM "
                + domain.name()
                + " can't be converted: "
                + judged.reason());
      }
    };
  }

  /** Of all disks of a VM, those that can be are converted; only if none can, that is an error. */
  private static boolean hasAnotherCandidate(Domain domain, long libVersion) {
    return domain.persistentXml().disks().stream()
        .anyMatch(d -> DiskProtection.of(d, libVersion).kind() != DiskProtection.Kind.UNSUPPORTED);
  }

  private static Optional<PlannedDisk> revert(Disk disk) {
    return disk.dataStore()
        .map(store ->
            new PlannedDisk(
                disk.target(), Path.of(store.path()), Path.of(disk.source().orElseThrow())));
  }
}
