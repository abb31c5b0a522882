package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.hypervisor.Disk.DataStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainXmlTest {
  private static final DomainXml WEB = Fixtures.web();

  @Test
  void disksAreReadInDocumentOrderAndOnlyFromTheDevices() {
    assertThat(WEB.disks())
        .extracting(Disk::target)
        .containsExactly("vda", "sda", "vdb", "vdc", "vdd", "sdb", "sdc", "vde", "vdf", "vdg");
  }

  @Test
  void aDiskIsReadWithAllThatMattersToABackup() {
    assertThat(WEB.disk("vda"))
        .contains(
            new Disk(
                "vda",
                "disk",
                "file",
                "raw",
                Optional.of("/images/it's & web.raw"),
                Optional.empty(),
                "virtio",
                false,
                false,
                false));
    assertThat(WEB.disk("sda").orElseThrow())
        .returns(Optional.of("/dev/vg0/web > data"), Disk::source)
        .returns(List.of("seclabel"), Disk::sourceDetails);
    assertThat(WEB.disk("vdc").orElseThrow())
        .returns("qcow2", Disk::format)
        .returns(Optional.of("/meta/web-vdc.qcow2"), Disk::metadataImage)
        .returns(Optional.of("/dev/vg0/web-vdc"), Disk::dataPath)
        .returns(Optional.of(new DataStore("block", "/dev/vg0/web-vdc")), Disk::dataStore);
    assertThat(WEB.disk("vdb").orElseThrow())
        .returns(Optional.of("/images/web-data.qcow2"), Disk::source)
        .returns(Optional.empty(), Disk::metadataImage);
    assertThat(WEB.disk("vdd").orElseThrow()).returns(Optional.empty(), Disk::source);
    assertThat(WEB.disk("sdb").orElseThrow()).returns("lun", Disk::device);
    assertThat(WEB.disk("sdc").orElseThrow())
        .returns(true, Disk::removable)
        .returns(true, Disk::readOnly);
    assertThat(WEB.disk("vde").orElseThrow()).returns(true, Disk::shareable);
    assertThat(WEB.disk("vdg").orElseThrow()).returns("raw", Disk::format);
    assertThat(WEB.disk("vdz")).isEmpty();
  }

  @Test
  void everyFileAndDeviceOfADiskIsFound() {
    assertThat(WEB.diskFiles())
        .contains(
            new DiskFile("/images/it's & web.raw", "raw"),
            new DiskFile("/dev/vg0/web > data", "raw"),
            new DiskFile("/images/web-data.qcow2", "qcow2"),
            new DiskFile("/images/base.qcow2", "qcow2"),
            new DiskFile("/meta/web-vdc.qcow2", "qcow2"),
            new DiskFile("/dev/vg0/web-vdc", "raw"))
        .allMatch(file -> file.path().startsWith("/"));
    assertThat(
            new DomainXml(
                    "<domain><devices><disk type='volume'><driver type='qcow2'/>"
                        + "<source pool='images' volume='web.img'/><target dev='vda'/></disk>"
                        + "</devices></domain>")
                .diskVolumes())
        .containsExactly(new DiskVolume("images", "web.img", "qcow2"));
  }

  @Test
  void nameUuidFirmwareVariablesAndAgentAreFound() {
    assertThat(WEB.name()).contains("web");
    assertThat(WEB.uuid()).contains("6b0f3a52-1a0e-4c58-9d5e-0c3fd6a7b1f4");
    assertThat(WEB.nvram()).contains("/var/lib/libvirt/qemu/nvram/web_VARS.fd");
    assertThat(WEB.hasGuestAgent()).isTrue();
    assertThat(WEB.live()).isTrue();
  }

  @Test
  void aDisconnectedAgentIsNoneButItsChannelIsThere() {
    var disconnected = replaced("state='connected'", "state='disconnected'");

    assertThat(disconnected.hasGuestAgent()).isFalse();
    assertThat(disconnected.hasAgentChannel()).isTrue();
    assertThat(replaced("state='connected'", "").hasGuestAgent()).isTrue();
    assertThat(new DomainXml("<domain/>").hasGuestAgent()).isFalse();
  }

  @Test
  void firmwareVariablesAreFoundInASourceToo() {
    assertThat(nvram("<nvram type='file'><source file='/a/b &amp; c.fd'/></nvram>"))
        .contains("/a/b & c.fd");
    assertThat(nvram("<nvram type='block'><source dev='/dev/vg/nvram'/></nvram>"))
        .contains("/dev/vg/nvram");
    assertThat(nvram("<nvram template='/t.fd'/>")).isEmpty();
    assertThat(nvram("")).isEmpty();
  }

  @Test
  void aDefinitionKeepsThePasswordsThatItReplacesUnlessItSetsItsOwn() {
    var secret =
        replaced(
            "<graphics type='vnc'", "<graphics type='vnc' passwd='a&amp;\"b' passwdValidTo='x'");

    assertThat(WEB.withPasswordsOf(secret).text()).contains("passwd='a&amp;\"b'", "passwdValidTo");
    assertThat(secret.withPasswordsOf(WEB)).isEqualTo(secret);
    assertThat(WEB.withPasswordsOf(WEB)).isEqualTo(WEB);
    assertThat(WEB.withPasswordsOf(new DomainXml("<domain/>"))).isEqualTo(WEB);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "web",
        "<domain>",
        "<network/>",
        "<domain><devices><disk></devices></disk></domain>",
        "<domain/><domain/>",
        "<!DOCTYPE domain><domain/>",
        "<!DOCTYPE domain [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><domain><name>&x;</name></domain>",
        "<!DOCTYPE d [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><domain><name>&b;</name></domain>",
        "<!DOCTYPE domain SYSTEM 'http://localhost:1/x.dtd'><domain/>"
      })
  void whatIsNoHarmlessDomainXmlIsRefused(String text) {
    var xml = new DomainXml(text);

    assertThatIllegalArgumentException().isThrownBy(xml::disks);
    assertThatIllegalArgumentException().isThrownBy(xml::name);
    assertThatIllegalArgumentException().isThrownBy(() -> xml.withMetadataImage("vda", "/m"));
    assertThatIllegalArgumentException().isThrownBy(() -> xml.withoutMetadataImage("vda"));
    assertThatIllegalArgumentException().isThrownBy(() -> xml.withPasswordsOf(WEB));
  }

  @Test
  void aFileIncludedFromElsewhereIsNotRead() {
    var xml =
        new DomainXml(
            "<domain xmlns:xi='http://www.w3.org/2001/XInclude'><name>"
                + "<xi:include href='/etc/hostname' parse='text'/></name></domain>");

    assertThat(xml.name()).contains("");
  }

  private static Optional<String> nvram(String element) {
    return new DomainXml("<domain><os>" + element + "</os></domain>").nvram();
  }

  private static DomainXml replaced(String part, String by) {
    assertThat(WEB.text()).contains(part);
    return new DomainXml(WEB.text().replace(part, by));
  }
}
