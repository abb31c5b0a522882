package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ManifestTest {

  private static final String FILE = "points/p.json";

  private final SealedJson json = new SealedJson();

  @Test
  void aManifestSurvivesItsFile() {
    Ref ref = new Ref(new Hash(1, -2, 3, -4), new PackId(-5, 6), 7);
    Manifest manifest =
        new Manifest(
            1,
            "p-2",
            new ManifestVm("uuid", "Ünïcode \"quoted\"", "qemu+ssh://host/system"),
            Optional.of("p-1"),
            Manifest.Kind.INCREMENTAL,
            "filesystem-consistent",
            Optional.empty(),
            Instant.parse("2026-05-06T07:08:09.123456789Z"),
            Instant.parse("2026-05-06T07:18:09Z"),
            "<domain>\n  <name>a&amp;b</name>\n</domain>",
            List.of(
                ManifestFile.inline("nvram", ByteBuffer.wrap(new byte[] {0, -1, 7})),
                new ManifestFile.Stored("tpm", 123_456, ref)),
            List.of(
                Fixture.disk(Ref.NIL, 0),
                new ManifestDisk(
                    "vdb",
                    1L << 45,
                    65_536,
                    ref,
                    "full",
                    Optional.of("bitmap inconsistent"),
                    1,
                    2,
                    3,
                    4,
                    "/dev/disk/by-id/x",
                    "raw")),
            List.of(new PackId(-5, 6)));

    Manifest read = decode(bytes(manifest));

    assertThat(read).isEqualTo(manifest);
    assertThat(read.files().getFirst()).isInstanceOf(ManifestFile.Inline.class);
    assertThat(((ManifestFile.Inline) read.files().getFirst()).content())
        .isEqualTo(ByteBuffer.wrap(new byte[] {0, -1, 7}));
    assertThat(read.disk("vdb")).contains(manifest.disks().getLast());
    assertThat(read.disk("vdc")).isEmpty();
  }

  @Test
  void aMemberThatNobodyKnowsIsRefused() {
    String text = text(Fixture.point("p", Fixture.disk(Ref.NIL, 0), List.of(), Optional.empty()));
    String body =
        text.substring(0, text.lastIndexOf(",\n  \"checksum\"")) + ",\n  \"encrypted\" : true";
    String sealed =
        body
            + ",\n  \"checksum\" : \"sha256:"
            + Hash.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)))
            + "\"\n}\n";

    assertThatThrownBy(() -> decode(sealed.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageContaining("encrypted");
  }

  @Test
  void aMissingMemberIsRefusedByName() {
    String text = text(Fixture.point("p", Fixture.disk(Ref.NIL, 0), List.of(), Optional.empty()));
    String body =
        text.substring(0, text.lastIndexOf(",\n  \"checksum\""))
            .replace("  \"consistency\" : \"crash-consistent\",\n", "");
    String sealed =
        body
            + ",\n  \"checksum\" : \"sha256:"
            + Hash.of(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)))
            + "\"\n}\n";

    assertThatThrownBy(() -> decode(sealed.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageContaining("consistency");
  }

  @Test
  void anythingAddedCutOrEmptyIsDamage() {
    byte[] file = bytes(Fixture.point("p", Fixture.disk(Ref.NIL, 0), List.of(), Optional.empty()));
    String text = new String(file, StandardCharsets.UTF_8);

    for (String changed :
        List.of("", "{}", "[]", "x", text + " ", text.strip(), text + text, text.substring(1))) {
      assertThatThrownBy(() -> decode(changed.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining(FILE.toString());
    }
  }

  @Test
  void idsAndReferencesHaveOneSpelling() {
    Ref ref = new Ref(new Hash(1, -2, 3, -4), new PackId(-5, 6), 7);

    assertThat(Ref.parse(ref.toText())).isEqualTo(ref);
    assertThat(Ref.parse("nil")).isSameAs(Ref.NIL);
    assertThat(PackId.parse("00ff" + "0".repeat(28)).toString()).isEqualTo("00ff" + "0".repeat(28));
    for (String wrong :
        List.of(
            "",
            "NIL",
            ref.toText() + " ",
            ref.toText().replace(":7", ":07"),
            ref.toText().toUpperCase(Locale.ROOT),
            ref.toText().replace(":7", ":-7"),
            ref.toText().replace(":7", ":4294967296"))) {
      assertThatThrownBy(() -> Ref.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Manifest decode(byte[] file) {
    return json.decode(file, Manifest.class, FILE, "restore point");
  }

  private byte[] bytes(Manifest manifest) {
    ByteBuffer encoded = json.encode(manifest);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return bytes;
  }

  private String text(Manifest manifest) {
    return new String(bytes(manifest), StandardCharsets.UTF_8);
  }
}
