package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.converter.ConversionPlan.PlannedDisk;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConversionPlanTest {
  private static final long LIBVIRT_11 = 11_003_000;
  private static final long LIBVIRT_9 = 9_000_000;
  private static final ConverterConfig CONFIG =
      new ConverterConfig(Path.of("/state"), Path.of("/host"));
  private static final ImagePlaces PLACES = new ImagePlaces(CONFIG, List.of(), List.of());
  private static final Path IMAGE = Path.of("/host/metadata/uuid/vda.qcow2");

  private static final String RAW =
      """
          <disk type='block' device='disk'>
            <driver name='qemu' type='raw' cache='none'/>
            <source dev='/dev/vg/web'/>
            <target dev='vda' bus='virtio'/>
          </disk>
      """;
  private static final String CONVERTED =
      """
          <disk type='file' device='disk'>
            <driver name='qemu' type='qcow2'/>
            <source file='/host/metadata/uuid/vdb.qcow2'>
              <dataStore type='file'><format type='raw'/><source file='/images/data.raw'/></dataStore>
            </source>
            <target dev='vdb' bus='virtio'/>
          </disk>
      """;
  private static final String SHARED =
      """
          <disk type='file' device='disk'>
            <driver name='qemu' type='raw'/>
            <source file='/images/shared.raw'/>
            <target dev='vdc' bus='virtio'/>
            <shareable/>
          </disk>
      """;
  private static final String CDROM =
      """
          <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
      """;

  @Test
  void aRawDiskGetsAnImageNamedByDomainAndTarget() {
    ConversionPlan plan = plan(ConversionMode.APPLY, List.of(), RAW, CDROM);

    assertThat(plan.disks())
        .containsExactly(new PlannedDisk("vda", "/dev/vg/web", IMAGE.toString()));
  }

  @Test
  void whatIsConvertedAlreadyIsLeftAsItIs() {
    assertThat(plan(ConversionMode.APPLY, List.of(), CONVERTED).nothingToDo()).isTrue();
    assertThat(plan(ConversionMode.APPLY, List.of(), RAW, CONVERTED).disks())
        .extracting(PlannedDisk::target)
        .containsExactly("vda");
  }

  @Test
  void ofAllDisksThoseThatCanBeAreConverted() {
    assertThat(plan(ConversionMode.APPLY, List.of(), RAW, SHARED).disks())
        .extracting(PlannedDisk::target)
        .containsExactly("vda");
  }

  @Test
  void aDiskThatIsNamedHasToBeConvertible() {
    assertThatThrownBy(() -> plan(ConversionMode.APPLY, List.of("vda", "vdc"), RAW, SHARED))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining("VM web")
        .hasMessageContaining("vdc: it is shareable");
  }

  @Test
  void ifNoneCanBeConvertedEveryDiskSaysWhy() {
    assertThatThrownBy(() ->
            ConversionPlan.of(
                request(ConversionMode.APPLY, List.of()), domain(RAW + SHARED), LIBVIRT_9, PLACES))
        .hasMessageContaining("vda: libvirt 9.0.0 is too old")
        .hasMessageContaining("vdc: it is shareable");
  }

  @Test
  void anUnknownDiskIsNamedWithThoseThatThereAre() {
    assertThatThrownBy(() -> plan(ConversionMode.APPLY, List.of("vdz"), RAW, CONVERTED))
        .hasMessageContaining("'vdz'")
        .hasMessageContaining("vda, vdb");
  }

  @Test
  void aVmWithoutDisksIsRefused() {
    assertThatThrownBy(() -> plan(ConversionMode.APPLY, List.of(), CDROM))
        .hasMessageContaining("VM web has no disks");
  }

  @Test
  void revertingTouchesOnlyDisksWithAnImage() {
    assertThat(plan(ConversionMode.REVERT, List.of(), RAW, CONVERTED).disks())
        .containsExactly(
            new PlannedDisk("vdb", "/images/data.raw", "/host/metadata/uuid/vdb.qcow2"));
    assertThat(plan(ConversionMode.REVERT, List.of(), RAW).nothingToDo()).isTrue();
  }

  @Test
  void aSourceIsKeptToTheLetter() {
    assertThat(
            plan(ConversionMode.APPLY, List.of(), RAW.replace("/dev/vg/web", "/dev/vg//web"))
                .disks())
        .extracting(PlannedDisk::source)
        .containsExactly("/dev/vg//web");
  }

  @Test
  void aTransientVmIsRefused() {
    assertThatThrownBy(() ->
            ConversionPlan.of(
                request(ConversionMode.APPLY, List.of()),
                domain(RAW, false, false),
                LIBVIRT_11,
                PLACES))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining("VM web is transient")
        .hasMessageContaining("virsh define");
  }

  @Test
  void aSavedStateIsKept() {
    for (ConversionMode mode : ConversionMode.values()) {
      assertThatThrownBy(() ->
              ConversionPlan.of(
                  request(mode, List.of()),
                  domain(RAW + CONVERTED, true, true),
                  LIBVIRT_11,
                  PLACES))
          .isInstanceOf(ConversionRefused.class)
          .hasMessageContaining("VM web has a saved state")
          .hasMessageContaining("virsh managedsave-remove web");
    }
  }

  @Test
  void thePlanShowsTheDifferenceAndTheCommandsWithRealSizes() {
    ConversionPlanned event =
        plan(ConversionMode.APPLY, List.of(), RAW).toEvent("host", Map.of("vda", 1_000_000L));

    assertThat(event.xmlDiff())
        .contains("-      <source dev='/dev/vg/web'/>")
        .contains("+      <source file='/host/metadata/uuid/vda.qcow2'>");
    assertThat(event.commands())
        .containsExactly(
            "mkdir -p /host/metadata/uuid",
            "truncate -s 1000448 /host/metadata/uuid/vda.qcow2.placeholder",
            "qemu-img create -q -f qcow2 -o"
                + " data_file=/host/metadata/uuid/vda.qcow2.placeholder,data_file_raw=on,cluster_size=65536"
                + " /host/metadata/uuid/vda.qcow2 1000448",
            "qemu-img amend -q -f qcow2 -o data_file=/dev/vg/web /host/metadata/uuid/vda.qcow2",
            "rm /host/metadata/uuid/vda.qcow2.placeholder");
    assertThat(event.restartNeeded()).isFalse();
  }

  /** {@code create -o data_file=} empties what it names. */
  @Test
  void theRawDiskIsNeverNamedToCreate() {
    assertThat(MetadataImages.commands("/dev/vg/web", IMAGE, 1 << 20))
        .filteredOn(command -> command.contains("create"))
        .singleElement()
        .asString()
        .doesNotContain("/dev/vg/web");
  }

  @Test
  void largeDisksGetLargerClusters() {
    assertThat(MetadataImages.clusterBytes(256L << 30)).isEqualTo(64 * 1024);
    assertThat(MetadataImages.clusterBytes((256L << 30) + 1)).isEqualTo(256 * 1024);
  }

  @Test
  void wordsThatTheShellWouldSplitAreQuoted() {
    assertThat(Shell.quote("/dev/vg/web")).isEqualTo("/dev/vg/web");
    assertThat(Shell.quote("/my images/a.raw")).isEqualTo("'/my images/a.raw'");
    assertThat(Shell.quote("it's")).isEqualTo("'it'\\''s'");
    assertThat(Shell.quote("")).isEqualTo("''");
  }

  private static ConversionPlan plan(ConversionMode mode, List<String> targets, String... disks) {
    return ConversionPlan.of(
        request(mode, targets), domain(String.join("", disks)), LIBVIRT_11, PLACES);
  }

  private static ConversionRequested request(ConversionMode mode, List<String> targets) {
    return new ConversionRequested("id", "web", targets, mode, false);
  }

  private static Domain domain(String disks) {
    return domain(disks, true, false);
  }

  private static Domain domain(String disks, boolean persistent, boolean managedSave) {
    String xml =
        "<domain type='kvm'>\n  <name>web</name>\n  <uuid>uuid</uuid>\n  <devices>\n"
            + disks
            + "  </devices>\n</domain>\n";
    return new Domain(
        "uuid",
        "web",
        Domain.State.SHUT_OFF,
        new DomainXml(xml),
        Optional.empty(),
        persistent,
        managedSave);
  }
}
