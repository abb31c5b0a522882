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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a conversion will do, worked out from the domain's definition alone.
 *
 * @param disks what is changed; empty if everything is as asked already
 */
record ConversionPlan(ConversionRequested request, Domain domain, List<PlannedDisk> disks) {

  ConversionPlan {
    disks = List.copyOf(disks);
  }

  /**
   * One disk to be changed. Paths are to the letter as the definition has them, or will have.
   *
   * @param source path of the raw file or device
   * @param image path of the metadata image
   */
  record PlannedDisk(String target, String source, String image) {
    Path raw() {
      return Path.of(source);
    }

    Path metadataImage() {
      return Path.of(image);
    }
  }

  /**
   * Plans it. Blocks.
   *
   * @param libVersion the libvirt daemon's version
   * @param places where new metadata images may be put
   * @throws ConversionRefused saying which disks can't be done and why
   */
  static ConversionPlan of(
      ConversionRequested request, Domain domain, long libVersion, ImagePlaces places) {
    List<PlannedDisk> planned = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    List<Disk> chosen = chosen(request, domain);
    for (Disk disk : chosen) {
      if (request.mode() == ConversionMode.REVERT) {
        revert(disk).ifPresent(planned::add);
        continue;
      }
      DiskProtection.Protectability judged = DiskProtection.of(disk, libVersion);
      switch (judged.kind()) {
        case PROTECTED -> {}
        case CONVERTIBLE -> planned.add(apply(domain, disk, places));
        case UNSUPPORTED -> refused.add(disk.target() + ": " + judged.reason());
      }
    }
    // Of all disks those that can be are converted; a disk that was named has to be.
    if (!refused.isEmpty() && (!request.disks().isEmpty() || refused.size() == chosen.size())) {
      throw new ConversionRefused(
          "VM " + domain.name() + " can't be converted: " + String.join("; ", refused));
    }
    if (!planned.isEmpty()) {
      refuseUnlessItCanBeOff(domain);
    }
    return new ConversionPlan(request, domain, planned);
  }

  /** The definition is changed while the VM is off, and its next start has to use it. */
  private static void refuseUnlessItCanBeOff(Domain domain) {
    if (!domain.persistent()) {
      throw new ConversionRefused(
          "VM %1$s is transient: once it is shut off, libvirt forgets it. Define it first: virsh"
                  .formatted(domain.name())
              + " dumpxml %1$s > %1$s.xml && virsh define %1$s.xml".formatted(domain.name()));
    }
    if (domain.managedSave()) {
      throw new ConversionRefused(
          "VM %1$s has a saved state, which its disks have to match: start it, or give the state up"
                  .formatted(domain.name())
              + " with virsh managedsave-remove %1$s, and try again.".formatted(domain.name()));
    }
  }

  boolean nothingToDo() {
    return disks.isEmpty();
  }

  /**
   * The plan as an event.
   *
   * @param sizes bytes of every planned disk, by target name
   */
  ConversionPlanned toEvent(String hypervisor, Map<String, Long> sizes) {
    return new ConversionPlanned(
        request.conversionId(),
        hypervisor,
        domain.uuid(),
        domain.name(),
        request.mode(),
        disks.stream().map(disk -> describe(disk, sizes.get(disk.target()))).toList(),
        xmlDiff(),
        disks.stream().flatMap(d -> commands(d, sizes.get(d.target())).stream()).toList(),
        domain.active() && !nothingToDo());
  }

  private static DiskConversion describe(PlannedDisk disk, long sizeBytes) {
    return new DiskConversion(
        disk.target(), disk.source(), disk.image(), sizeBytes, Optional.empty(), Optional.empty());
  }

  private List<String> commands(PlannedDisk disk, long sizeBytes) {
    return request.mode() == ConversionMode.REVERT
        ? List.of("rm " + Shell.quote(disk.image()))
        : MetadataImages.commands(disk.source(), disk.metadataImage(), sizeBytes);
  }

  private String xmlDiff() {
    DomainXml then = domain.persistentXml();
    for (PlannedDisk disk : disks) {
      then =
          request.mode() == ConversionMode.REVERT
              ? then.withoutMetadataImage(disk.target())
              : then.withMetadataImage(disk.target(), disk.image());
    }
    List<String> before = domain.persistentXml().text().lines().toList();
    return String.join(
        "\n",
        UnifiedDiffUtils.generateUnifiedDiff(
            domain.name() + ".xml (now)",
            domain.name() + ".xml (then)",
            before,
            DiffUtils.diff(before, then.text().lines().toList()),
            3));
  }

  private static List<Disk> chosen(ConversionRequested request, Domain domain) {
    List<Disk> disks = domain.persistentXml().disks().stream().filter(d -> !d.removable()).toList();
    if (request.disks().isEmpty()) {
      if (disks.isEmpty()) {
        throw new ConversionRefused("VM " + domain.name() + " has no disks");
      }
      return disks;
    }
    return request.disks().stream().distinct().map(target -> named(domain, disks, target)).toList();
  }

  private static Disk named(Domain domain, List<Disk> disks, String target) {
    return disks.stream()
        .filter(disk -> disk.target().equals(target))
        .findFirst()
        .orElseThrow(() ->
            new ConversionRefused(
                "VM "
                    + domain.name()
                    + " has no disk '"
                    + target
                    + "'; it has "
                    + disks.stream().map(Disk::target).collect(Collectors.joining(", "))));
  }

  private static PlannedDisk apply(Domain domain, Disk disk, ImagePlaces places) {
    return new PlannedDisk(
        disk.target(), disk.source().orElseThrow(), places.of(domain, disk.target()).toString());
  }

  private static Optional<PlannedDisk> revert(Disk disk) {
    return disk.dataStore()
        .map(store -> new PlannedDisk(disk.target(), store.path(), disk.source().orElseThrow()));
  }
}
