package io.tidemark.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.hypervisor.DiskProtection.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiskProtectionTest {
  private static final long NEW = 11_003_000;
  private static final long OLD = 9_000_000;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vda | CONVERTIBLE | metadata image",
        "sda | CONVERTIBLE | metadata image",
        "vdg | CONVERTIBLE | metadata image",
        "vdb | PROTECTED | qcow2",
        "vdc | PROTECTED | metadata image",
        "vdd | UNSUPPORTED | network",
        "sdb | UNSUPPORTED | lun",
        "sdc | UNSUPPORTED | cdrom",
        "vde | UNSUPPORTED | shareable",
        "vdf | UNSUPPORTED | <encryption>",
      })
  void eachKindOfDiskIsJudgedWithItsReason(String target, Kind kind, String reason) {
    var judged = DiskProtection.of(disk(target), NEW);

    assertThat(judged.kind()).isEqualTo(kind);
    assertThat(judged.reason()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<disk type='file'><target dev='vda'/></disk> | no source",
        "<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk> | volume",
        "<disk><source file='/a'/><target dev='vda'/><readonly/></disk> | read-only",
        "<disk><source file='/a'/><target dev='vda'/><transient/></disk> | transient",
        "<disk><source file='/a'/><target dev='vda' bus='sd'/></disk> | SD bus",
        "<disk><driver type='vmdk'/><source file='/a'/><target dev='vda'/></disk> | vmdk",
        "<disk><source file='/a'><slices/></source><target dev='vda'/></disk> | <slices>",
        "<disk type='block'><source dev='/a'><reservations/></source></disk> | <reservations>",
      })
  void whatIsUnsupportedIsSaidSo(String element, String reason) {
    var disk = new DomainXml("<domain><devices>" + element + "</devices></domain>").disks();

    var judged = DiskProtection.of(disk.getFirst(), NEW);

    assertThat(judged.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(judged.reason()).contains(reason);
  }

  @Test
  void anOldLibvirtHasNoMetadataImagesButQcow2StaysProtected() {
    var judged = DiskProtection.of(disk("vda"), OLD);

    assertThat(judged.kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(judged.reason()).contains("libvirt 9.0.0 is too old").contains("10.10");
    assertThat(DiskProtection.of(disk("vdb"), OLD).kind()).isEqualTo(Kind.PROTECTED);
    assertThat(DiskProtection.of(disk("vda"), 10_009_999).kind()).isEqualTo(Kind.UNSUPPORTED);
    assertThat(DiskProtection.of(disk("vda"), 10_010_000).kind()).isEqualTo(Kind.CONVERTIBLE);
  }

  private static Disk disk(String target) {
    return Fixtures.web().disk(target).orElseThrow();
  }
}
