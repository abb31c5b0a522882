package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ParentPoint;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskModesTest {
  private static final String CONVERTED = converted("vda", "");
  private static final String RAW = disk("vdb", "disk", "raw", "");
  private static final String CDROM = disk("sda", "cdrom", "raw", "<readonly/>");

  @Test
  void aDiskWithABitmapSinceTheParentIsReadIncrementally() {
    PlannedDisk disk = only(accepted(false, parent(true)), List.of("c1"), CONVERTED);

    assertThat(disk.incremental()).isTrue();
    assertThat(disk.reason()).isEmpty();
    assertThat(disk.keepsBitmap()).isTrue();
  }

  @Test
  void theFirstBackupReadsEverything() {
    assertFull(only(accepted(false, Optional.empty()), List.of(), CONVERTED), "first backup", true);
  }

  @Test
  void aRequestedFullBackupReadsEverythingThoughThereAreBitmaps() {
    assertFull(
        only(accepted(true, parent(true)), List.of("c1"), CONVERTED),
        "full backup was asked",
        true);
  }

  @Test
  void aMissingCheckpointIsToldAndForeignOnesAreNoSubstitute() {
    assertFull(
        only(accepted(false, parent(true)), List.of("foreign"), CONVERTED),
        "checkpoint of the last restore point is missing",
        true);
  }

  @Test
  void aDiskThatWasNotConvertedAtTheParentIsReadWhole() {
    assertFull(
        only(accepted(false, parent(false)), List.of("c1"), CONVERTED),
        "since the disk was converted",
        true);
  }

  @Test
  void aDiskThatIsNewSinceTheParentIsReadWholeWhileTheOthersAreNot() {
    List<PlannedDisk> disks =
        plan(accepted(false, parent(true)), List.of("c1"), CONVERTED, converted("vdc", ""));

    assertThat(disks.get(0).incremental()).isTrue();
    assertFull(disks.get(1), "first backup of this disk", true);
  }

  @Test
  void anUnconvertedRawDiskIsReadWholeWithoutCheckpointAndSaysHowToChangeThat() {
    assertFull(
        only(accepted(false, parent(true)), List.of("c1"), RAW), "`tidemark convert web`", false);
  }

  @Test
  void disksThatCanNotTakeABitmapGetNone() {
    List<PlannedDisk> disks =
        plan(
            accepted(false, parent(true)),
            List.of("c1"),
            converted("vda", "<readonly/>"),
            converted("vdb", "<shareable/>"),
            disk("vdc", "disk", "vmdk", ""),
            disk("vdd", "disk", "raw", "<shareable/>"));

    assertFull(disks.get(0), "read-only", false);
    assertFull(disks.get(1), "shareable", false);
    assertFull(disks.get(2), "vmdk", false);
    assertFull(disks.get(3), "shareable raw", false);
  }

  @Test
  void onlyTheRequestedDisksAreTaken() {
    assertThat(plan(accepted(false, Optional.empty(), "vdb"), List.of(), CONVERTED, RAW))
        .extracting(PlannedDisk::target)
        .containsExactly("vdb");
  }

  @Test
  void removableAndTransientDisksAreLeftOut() {
    String temporary = disk("vdc", "disk", "raw", "<transient/>");

    assertThat(plan(accepted(false, Optional.empty()), List.of(), CDROM, RAW, temporary))
        .extracting(PlannedDisk::target)
        .containsExactly("vdb");
  }

  @Test
  void aRequestedDiskThatIsNotThereIsRefusedByName() {
    assertThatThrownBy(() -> only(accepted(false, Optional.empty(), "vdx"), List.of(), RAW))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("VM web has no disk 'vdx'");
  }

  @Test
  void aRequestedDiskThatCanNotBeReadIsRefusedByName() {
    assertThatThrownBy(() -> only(accepted(false, Optional.empty(), "sda"), List.of(), CDROM))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("Disk sda of VM web");
  }

  @Test
  void aDomainWithoutDisksIsRefused() {
    assertThatThrownBy(() -> only(accepted(false, Optional.empty()), List.of(), CDROM))
        .isInstanceOf(JobRefused.class)
        .hasMessageContaining("no disk that can be backed up");
  }

  private static void assertFull(PlannedDisk disk, String reason, boolean keepsBitmap) {
    assertThat(disk.mode()).isEqualTo(DiskMode.FULL);
    assertThat(disk.reason()).hasValueSatisfying(r -> assertThat(r).contains(reason));
    assertThat(disk.keepsBitmap()).isEqualTo(keepsBitmap);
  }

  private static PlannedDisk only(
      BackupAccepted accepted, List<String> checkpoints, String diskXml) {
    return plan(accepted, checkpoints, diskXml).getFirst();
  }

  private static List<PlannedDisk> plan(
      BackupAccepted accepted, List<String> checkpoints, String... diskXml) {
    DomainXml xml =
        new DomainXml("<domain><devices>" + String.join("", diskXml) + "</devices></domain>");
    return DiskModes.plan(
        accepted,
        new Domain("uuid", "web", Domain.State.RUNNING, xml, Optional.of(xml)),
        checkpoints);
  }

  private static BackupAccepted accepted(
      boolean full, Optional<ParentPoint> parent, String... targets) {
    return new BackupAccepted("b1", "host", "uuid", "web", full, List.of(targets), parent);
  }

  private static Optional<ParentPoint> parent(boolean checkpointed) {
    return Optional.of(
        new ParentPoint(
            "p1",
            Optional.of("c1"),
            List.of(new ParentDisk("vda", 1 << 20, "root", checkpointed))));
  }

  private static String converted(String target, String more) {
    return "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
        + "<source file='/metadata/"
        + target
        + "'><dataStore type='file'><format type='raw'/><source file='/images/"
        + target
        + "'/></dataStore></source><target dev='"
        + target
        + "' bus='virtio'/>"
        + more
        + "</disk>";
  }

  private static String disk(String target, String device, String format, String more) {
    return "<disk type='file' device='"
        + device
        + "'><driver name='qemu' type='"
        + format
        + "'/><source file='/images/"
        + target
        + "'/><target dev='"
        + target
        + "' bus='virtio'/>"
        + more
        + "</disk>";
  }
}
