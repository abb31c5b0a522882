package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.hypervisor.Disk.DataStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataImageTest {
  private static final DomainXml WEB = Fixtures.web();
  private static final String IMAGE = "/meta/<web>'s & \"vda\".qcow2";

  @Test
  void aRawFileBecomesTheDataStoreOfItsMetadataImageAndNothingElseChanges() {
    var before =
        """
              <driver name='qemu' type='raw' cache='none' io='native' discard='unmap' detect_zeroes='unmap'/>
              <source file='/images/it&apos;s &amp; web.raw' index='6'/>
              <target dev='vda' bus='virtio'/>
        """;
    var after =
        """
              <driver name='qemu' type='qcow2' cache='none' io='native' discard='unmap' detect_zeroes='unmap'/>
              <source file='/meta/vda.qcow2'>
                <dataStore type='file'>
                  <format type='raw'/>
                  <source file='/images/it&apos;s &amp; web.raw'/>
                </dataStore>
              </source>
              <backingStore/>
              <target dev='vda' bus='virtio'/>
        """;
    assertThat(WEB.text()).contains(before);

    assertThat(WEB.withMetadataImage("vda", "/meta/vda.qcow2").text())
        .isEqualTo(WEB.text().replace(before, after));
  }

  @Test
  void aBlockDeviceBecomesTheDataStoreWithItsLabelsOnBothSides() {
    var before =
        """
            <disk type='block' device='disk' snapshot='no'>
              <driver name="qemu" type="raw" cache="none"/>
              <source dev="/dev/vg0/web &gt; data" index='5'>
                <seclabel model='dac' relabel='no'/>
              </source>
              <backingStore/>
        """;
    var after =
        """
            <disk type='file' device='disk' snapshot='no'>
              <driver name="qemu" type="qcow2" cache="none"/>
              <source file='/meta/sda.qcow2'>
                <seclabel model='dac' relabel='no'/>
                <dataStore type='block'>
                  <format type='raw'/>
                  <source dev='/dev/vg0/web &gt; data'><seclabel model='dac' relabel='no'/></source>
                </dataStore>
              </source>
              <backingStore/>
        """;
    assertThat(WEB.text()).contains(before);

    assertThat(WEB.withMetadataImage("sda", "/meta/sda.qcow2").text())
        .isEqualTo(WEB.text().replace(before, after));
  }

  @Test
  void aMetadataImageMayBeABlockDeviceItself() {
    var disk = WEB.withMetadataImage("vda", "/dev/vg0/meta-vda").disk("vda").orElseThrow();

    assertThat(disk.type()).isEqualTo("block");
    assertThat(disk.metadataImage()).contains("/dev/vg0/meta-vda");
    assertThat(disk.dataStore()).contains(new DataStore("file", "/images/it's & web.raw"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vda", "sda", "vdg"})
  void takenAwayAgainTheDisksAreAsTheyWere(String target) {
    var converted = WEB.withMetadataImage(target, IMAGE);

    assertThat(converted.disk(target).orElseThrow().metadataImage()).contains(IMAGE);
    assertThat(others(converted, target)).isEqualTo(others(WEB, target));
    assertThat(converted.withoutMetadataImage(target).disks()).isEqualTo(WEB.disks());
  }

  @Test
  void ofAPersistentDefinitionNotACharacterIsLeftBehind() {
    var definition = new DomainXml(WEB.text().replace(" index='6'", ""));

    assertThat(definition.withMetadataImage("vda", IMAGE).withoutMetadataImage("vda"))
        .isEqualTo(definition);
  }

  @Test
  void aDataStoreOnABlockDeviceTurnsTheDiskBackIntoABlockDisk() {
    var reverted = WEB.withoutMetadataImage("vdc").disk("vdc").orElseThrow();

    assertThat(reverted)
        .returns("block", Disk::type)
        .returns("raw", Disk::format)
        .returns(Optional.of("/dev/vg0/web-vdc"), Disk::source)
        .returns(Optional.empty(), Disk::dataStore);
    assertThat(WEB.withoutMetadataImage("vdc").text()).contains("type='raw' discard='unmap'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vdb | the qcow2 image keeps its own dirty bitmaps",
        "vdc | already has a metadata image",
        "vdd | network",
        "sdb | lun",
        "sdc | cdrom",
        "vde | shareable",
        "vdf | <encryption>",
        "vdz | has no disk vdz",
      })
  void whatCannotHaveAMetadataImageIsRefusedWithTheReason(String target, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WEB.withMetadataImage(target, "/meta/x.qcow2"))
        .withMessageContaining(target)
        .withMessageContaining(reason);
  }

  @Test
  void onlyAMetadataImageCanBeTakenAway() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WEB.withoutMetadataImage("vda"))
        .withMessageContaining("vda");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WEB.withMetadataImage("vda", "relative.qcow2"))
        .withMessageContaining("absolute");
  }

  private static List<Disk> others(DomainXml xml, String target) {
    return xml.disks().stream().filter(disk -> !disk.target().equals(target)).toList();
  }
}
