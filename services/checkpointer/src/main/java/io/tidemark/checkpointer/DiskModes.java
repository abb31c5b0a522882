package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ParentPoint;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import java.util.List;
import java.util.Optional;

/** Decides disk by disk whether a bitmap can be used, and says why not. */
final class DiskModes {
  static final String BROKEN_BITMAP =
      "its dirty bitmap is inconsistent or missing (after a crash?): everything is read, only what"
          + " changed is stored";
  static final String OTHER_DATA_FILE =
      "its metadata image names another raw disk than the domain XML: its bitmap is not trusted";
  static final String UNKNOWN_DATA_FILE =
      "its metadata image could not be checked (the checkpointer's log says why): its bitmap is not"
          + " trusted";

  private DiskModes() {}

  /**
   * Plans the disks of a backup.
   *
   * @param checkpoints the domain's checkpoints in libvirt
   * @throws JobRefused if a disk that was asked for is not there, or none is left
   */
  static List<PlannedDisk> plan(BackupAccepted accepted, Domain domain, List<String> checkpoints) {
    List<Disk> chosen =
        accepted.disks().isEmpty()
            ? domain.currentXml().disks().stream().filter(DiskModes::canBeRead).toList()
            : accepted.disks().stream().map(target -> named(domain, target)).toList();
    if (chosen.isEmpty()) {
      throw new JobRefused("VM " + domain.name() + " has no disk that can be backed up.");
    }
    return chosen.stream().map(disk -> plan(accepted, disk, checkpoints)).toList();
  }

  private static Disk named(Domain domain, String target) {
    Disk disk =
        domain
            .currentXml()
            .disk(target)
            .orElseThrow(
                () -> new JobRefused("VM " + domain.name() + " has no disk '" + target + "'."));
    if (!canBeRead(disk)) {
      throw new JobRefused(
          "Disk " + target + " of VM " + domain.name() + " can't be backed up by libvirt.");
    }
    return disk;
  }

  /** libvirt reads any disk of a running VM but those that are passed through or empty. */
  private static boolean canBeRead(Disk disk) {
    return disk.device().equals("disk") && disk.source().isPresent() && !disk.transientDisk();
  }

  /** One bitmap that can't be made would keep the whole VM from being backed up. */
  private static boolean keepsBitmap(Disk disk) {
    return disk.format().equals("qcow2") && !disk.readOnly() && !disk.shareable();
  }

  private static PlannedDisk plan(BackupAccepted accepted, Disk disk, List<String> checkpoints) {
    boolean keepsBitmap = keepsBitmap(disk);
    Optional<ParentDisk> parent = accepted.parent().flatMap(point -> point.disk(disk.target()));
    Optional<String> whole = whyWhole(accepted, disk, checkpoints);
    return new PlannedDisk(
        disk, whole.isPresent() ? DiskMode.FULL : DiskMode.INCREMENTAL, whole, keepsBitmap, parent);
  }

  private static Optional<String> whyWhole(
      BackupAccepted accepted, Disk disk, List<String> checkpoints) {
    boolean convertible = disk.format().equals("raw") && !disk.readOnly() && !disk.shareable();
    if (!keepsBitmap(disk) && !convertible) {
      return Optional.of(
          "no dirty bitmap can be kept for a "
              + (disk.readOnly() ? "read-only " : disk.shareable() ? "shareable " : "")
              + disk.format()
              + " disk");
    }
    if (!keepsBitmap(disk)) {
      return Optional.of(
          "not converted: run `tidemark convert "
              + accepted.domainName()
              + "` to make incremental backups possible");
    }
    if (accepted.full()) {
      return Optional.of("a full backup was asked for");
    }
    Optional<ParentDisk> parent = accepted.parent().flatMap(point -> point.disk(disk.target()));
    if (accepted.parent().isEmpty()) {
      return Optional.of("the first backup of this VM");
    }
    if (parent.isEmpty()) {
      return Optional.of("the first backup of this disk");
    }
    if (!parent.get().checkpointed()) {
      return Optional.of("the first backup since the disk was converted");
    }
    boolean there =
        accepted
            .parent()
            .flatMap(ParentPoint::checkpoint)
            .filter(checkpoints::contains)
            .isPresent();
    return there
        ? Optional.empty()
        : Optional.of("the checkpoint of the last restore point is missing in libvirt");
  }
}
