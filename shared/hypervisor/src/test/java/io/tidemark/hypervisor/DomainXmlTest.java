package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.hypervisor.DiskProtection.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainXmlTest {
  private static final DomainXml DOMAIN =
      new DomainXml(
          """
          <domain type='kvm' id='3'>
            <name>web &amp; more</name>
            <devices>
              <disk type='file' device='disk'>
                <driver name='qemu' type='raw' cache='none' io='native' discard='unmap'/>
                <source file='/images/it&apos;s.raw' index='2'/>
                <backingStore/>
                <target dev='vda' bus='virtio'/>
                <alias name='virtio-disk0'/>
              </disk>
              <disk type='block' device='disk'>
                <driver name='qemu' type='raw'/>
                <source dev='/dev/vg/web'>
                  <seclabel model='dac' relabel='no'/>
                </source>
                <target dev='vdb' bus='virtio'/>
              </disk>
              <disk type='block' device='disk'>
                <source dev='/dev/vg/plain'/>
                <target dev='vdc' bus='virtio'/>
              </disk>
              <disk type='file' device='cdrom'>
                <driver name='qemu' type='raw'/>
                <target dev='sda' bus='sata'/>
                <readonly/>
              </disk>
              <disk type='network' device='disk'>
                <driver name='qemu' type='raw'/>
                <source protocol='rbd' name='pool/image'><host name='ceph'/></source>
                <target dev='vdd' bus='virtio'/>
              </disk>
              <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
            </devices>
          </domain>
          """);

  @Test
  void disksAreReadInDocumentOrder() {
    assertThat(DOMAIN.disks().stream().map(Disk::target))
        .containsExactly("vda", "vdb", "vdc", "sda", "vdd");
    assertThat(DOMAIN.disk("vda").orElseThrow().source()).contains("/images/it's.raw");
    assertThat(DOMAIN.disk("vdb").orElseThrow().source()).contains("/dev/vg/web");
    assertThat(DOMAIN.disk("vdc").orElseThrow().format()).isEqualTo("raw");
    assertThat(DOMAIN.disk("sda").orElseThrow().source()).isEmpty();
    assertThat(DOMAIN.disk("vdd").orElseThrow().source()).isEmpty();
    assertThat(DOMAIN.hasGuestAgent()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"vda", "vdb", "vdc"})
  void aMetadataImagePutInFrontKeepsTheRawDiskAsDataStore(String target) {
    Disk before = DOMAIN.disk(target).orElseThrow();

    DomainXml converted = DOMAIN.withMetadataImage(target, "/meta/<a>&'b'.qcow2");

    Disk after = converted.disk(target).orElseThrow();
    assertThat(after.source()).contains("/meta/<a>&'b'.qcow2");
    assertThat(after.type()).isEqualTo("file");
    assertThat(after.format()).isEqualTo("qcow2");
    assertThat(after.dataStore())
        .contains(new Disk.DataStore(before.type(), before.source().orElseThrow()));
    assertThat(converted.text()).contains("<backingStore/>");
    assertThat(converted.disks().stream().filter(d -> !d.target().equals(target)))
        .containsExactlyElementsOf(
            DOMAIN.disks().stream().filter(d -> !d.target().equals(target)).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"vda", "vdb", "vdc"})
  void takenAwayAgainTheDisksAreAsTheyWere(String target) {
    DomainXml reverted =
        DOMAIN.withMetadataImage(target, "/meta/x.qcow2").withoutMetadataImage(target);

    assertThat(reverted.disks()).isEqualTo(DOMAIN.disks());
    assertThat(reverted.text()).contains("cache='none' io='native' discard='unmap'");
  }

  @Test
  void whatIsNoRawDiskIsNotConverted() {
    assertThatThrownBy(() -> DOMAIN.withMetadataImage("vdd", "/m"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DOMAIN.withMetadataImage("vdz", "/m"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vdz");
    DomainXml converted = DOMAIN.withMetadataImage("vda", "/m");
    assertThatThrownBy(() -> converted.withMetadataImage("vda", "/m"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DOMAIN.withoutMetadataImage("vda"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<domain>",
        "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><domain><devices>&x;</devices></domain>"
      })
  void whatIsNoHarmlessXmlIsRefused(String text) {
    assertThatThrownBy(() -> new DomainXml(text).disks())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void eachDiskIsJudgedWithAReason() {
    assertThat(judge("vda")).isEqualTo(Kind.CONVERTIBLE);
    assertThat(judge("vdb")).isEqualTo(Kind.CONVERTIBLE);
    assertThat(judge("vdd")).isEqualTo(Kind.UNSUPPORTED);
    assertThat(judge("sda")).isEqualTo(Kind.UNSUPPORTED);
    Disk converted = DOMAIN.withMetadataImage("vda", "/m").disk("vda").orElseThrow();
    assertThat(DiskProtection.of(converted, 11_003_000).kind()).isEqualTo(Kind.PROTECTED);
    assertThat(DiskProtection.of(DOMAIN.disk("vda").orElseThrow(), 9_000_000).reason())
        .contains("9.0.0")
        .contains("10.10");
  }

  @Test
  void backupAndCheckpointXmlAreEscaped() {
    BackupXml backup =
        new BackupXml(
            Path.of("/s/a&b.sock"),
            List.of(
                new BackupXml.Disk(
                    "vda",
                    true,
                    Optional.of("chk<1>"),
                    "vda",
                    "backup-vda",
                    Path.of("/scratch/'x'.qcow2")),
                BackupXml.Disk.leftOut("vdb")));

    assertThat(Dom.root(backup.toXml(), "domainbackup").getElementsByTagName("disk").getLength())
        .isEqualTo(2);
    assertThat(backup.toXml()).contains("incremental='chk&lt;1&gt;'").contains("a&amp;b");
    assertThat(new CheckpointXml("c'1", Map.of("vda", true, "vdb", false)).toXml())
        .contains("<name>c&apos;1</name>")
        .contains("name='vdb' checkpoint='no'");
  }

  private static Kind judge(String target) {
    return DiskProtection.of(DOMAIN.disk(target).orElseThrow(), 11_003_000).kind();
  }
}
