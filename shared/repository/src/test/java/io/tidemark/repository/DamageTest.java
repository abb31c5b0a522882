package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is missing, cut short, swapped or altered is found, named, and never handed out. */
final class DamageTest {

  private static final int BLOCK = Geometry.BLOCK_BYTES;

  @TempDir private Path dir;

  private Manifest first;
  private Manifest second;

  /** Two points that share all blocks but number 3; each has a pack of its own. */
  @BeforeEach
  void backUpTwice() {
    byte[] content = new byte[10 * BLOCK + 100];
    new Random(42).nextBytes(content);
    try (Repository repository = Repository.create(dir.resolve("r"))) {
      first = Fixture.publish(repository, "p1", content, Optional.empty());
      content[3 * BLOCK]++;
      second = Fixture.publish(repository, "p2", content, Optional.of(first));
    }
  }

  @Test
  void anUndamagedRepositoryIsSound() {
    VerifyReport report = verify(List.of("p1", "p2"), true);

    assertThat(report.ok()).isTrue();
    // Eleven blocks, one of them in two versions, and two nodes; shared ones count once.
    assertThat(report.checkedBytes()).isEqualTo(11L * BLOCK + 100 + 2 * Node.BYTES);
  }

  @Test
  void anAlteredBlockIsNamedWithAllPointsThatShareIt() throws IOException {
    Ref block = blockRef(first, 7);
    flip(packOf(first), offsetOf(block) + PackFormat.FRAME_HEADER_BYTES + 1000);

    VerifyReport report = verify(List.of("p1", "p2"), true);

    assertThat(report.ok()).isFalse();
    assertThat(report.damaged()).hasSize(1);
    Damage damage = report.damaged().getFirst();
    assertThat(damage.pointIds()).containsExactly("p1", "p2");
    assertThat(damage.target()).isEqualTo("vda");
    assertThat(damage.offset()).isEqualTo(7L * BLOCK);
    assertThat(damage.lengthBytes()).isEqualTo(BLOCK);
    assertThat(damage.pack()).contains(first.packs().getFirst());
    assertThat(damage.reason())
        .contains("slot " + block.slot())
        .contains("offset " + offsetOf(block))
        .contains("checksum");
  }

  @Test
  void aBlockOfOnePointOnlyHitsThatPoint() throws IOException {
    flip(packOf(first), offsetOf(blockRef(first, 3)) + PackFormat.FRAME_HEADER_BYTES);

    assertThat(verify(List.of("p1", "p2"), true).damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.pointIds()).containsExactly("p1"));
    assertThat(verify(List.of("p2"), true).ok()).isTrue();
  }

  @Test
  void aDamagedNodeLosesTheWholeRangeBelowIt() throws IOException {
    flip(packOf(second), offsetOf(second.disks().getFirst().root()) + 70);

    assertThat(verify(List.of("p1", "p2"), false).damaged())
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.pointIds()).containsExactly("p2");
          assertThat(damage.offset()).isZero();
          assertThat(damage.lengthBytes()).isEqualTo(10L * BLOCK + 100);
        });
  }

  @Test
  void theQuickModeReadsNoBlocks() throws IOException {
    flip(packOf(first), offsetOf(blockRef(first, 7)) + PackFormat.FRAME_HEADER_BYTES + 1000);

    VerifyReport report = verify(List.of("p1", "p2"), false);

    assertThat(report.ok()).isTrue();
    assertThat(report.checkedBytes()).isEqualTo(2L * Node.BYTES);
  }

  @Test
  void aMissingPackIsOneDamageNotOnePerBlock() throws IOException {
    Files.delete(packOf(first));

    VerifyReport report = verify(List.of("p2"), false);

    assertThat(report.damaged())
        .extracting(Damage::offset, Damage::lengthBytes)
        .containsExactly(tuple(0L, 3L * BLOCK), tuple(4L * BLOCK, 6L * BLOCK + 100));
    assertThat(report.damaged().getFirst().reason()).contains("missing");
    assertRestoreFails("missing");
  }

  @Test
  void aPackThatVanishesWhileItIsOpenIsFound() throws IOException {
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      Fixture.read(repository, first.disks().getFirst());
      Files.delete(packOf(first));

      assertThat(
              Verifier.verify(repository, List.of("p1"), VerifyPlan.full(), VerifyListener.NONE)
                  .damaged())
          .singleElement()
          .satisfies(damage -> assertThat(damage.reason()).contains("missing"));
    }
  }

  @Test
  void aTruncatedPackIsNamed() throws IOException {
    Path pack = packOf(first);
    for (long size : new long[] {0, 10, 127, 128, Files.size(pack) / 2, Files.size(pack) - 1}) {
      Path copy = Files.copy(pack, dir.resolve("copy"), StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(pack, StandardOpenOption.WRITE)) {
        channel.truncate(size);
      }

      assertThat(verify(List.of("p1"), false).ok()).as("cut to %d bytes", size).isFalse();
      assertRestoreFails(first.packs().getFirst().toString());
      Files.copy(copy, pack, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Test
  void swappedPacksAreNoticed() throws IOException {
    Path other = dir.resolve("other");
    Files.move(packOf(first), other);
    Files.move(packOf(second), packOf(first));
    Files.move(other, packOf(second));

    assertThat(verify(List.of("p1", "p2"), false).damaged())
        .allSatisfy(damage -> assertThat(damage.reason()).contains("the file holds the pack"));
    assertRestoreFails("the file holds the pack " + second.packs().getFirst());
  }

  @Test
  void swappedManifestsAreNoticed() throws IOException {
    Files.copy(
        dir.resolve("r/points/p1.json"),
        dir.resolve("r/points/p2.json"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(verify(List.of("p1", "p2"), false).damaged())
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.pointIds()).containsExactly("p2");
          assertThat(damage.reason()).contains("it holds the point p1");
        });
  }

  @Test
  void aMissingPointIsDamageToo() {
    assertThat(verify(List.of("p1", "p9"), false).damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.pointIds()).containsExactly("p9"));
  }

  @Test
  void anUnknownPackVersionIsRefusedByNumber() throws IOException {
    put(packOf(first), 8, (byte) 0, (byte) 7);

    assertThat(verify(List.of("p1"), false).damaged().getFirst().reason())
        .contains("version 7", "knows version 1");
    assertRestoreFails("format version 7");
  }

  @Test
  void anUnknownRepositoryOrPointVersionIsRefusedByNumber() throws IOException {
    replace(dir.resolve("r/points/p1.json"), "\"formatVersion\" : 1,", "\"formatVersion\" : 8,");
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() -> repository.manifest("p1"))
          .isInstanceOf(UnknownFormatVersionException.class)
          .hasMessageContaining("version 8")
          .hasMessageContaining("p1.json");
    }
    Path header = dir.resolve("r/tidemark-repository.json");
    replace(header, "\"formatVersion\" : 1,", "\"formatVersion\" : 12,");

    assertThatThrownBy(() -> Repository.open(dir.resolve("r")))
        .isInstanceOf(UnknownFormatVersionException.class)
        .hasMessageContaining("version 12")
        .hasMessageContaining("knows version 1")
        .hasMessageContaining(header.toString());
  }

  @Test
  void anUnknownCodecOrCipherIsRefused() throws IOException {
    for (int place : new int[] {10, 11, 12}) {
      byte[] original = Files.readAllBytes(packOf(first));
      put(packOf(first), place, (byte) 9);
      sealHeader(packOf(first));

      assertRestoreFails("is unknown");
      Files.write(packOf(first), original);
    }
  }

  @Test
  void aForgedBlockWithRightChecksumsStillHasTheWrongHash() throws IOException {
    Ref block = blockRef(first, 7);
    long at = offsetOf(block);
    flip(packOf(first), at + PackFormat.FRAME_HEADER_BYTES + 1000);
    byte[] frame = slice(packOf(first), at, PackFormat.FRAME_HEADER_BYTES + BLOCK);
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    bytes.putInt(56, PackFormat.crc(bytes, PackFormat.FRAME_HEADER_BYTES, BLOCK));
    bytes.putInt(60, PackFormat.crc(bytes, 0, 60));
    put(packOf(first), at, frame);

    assertThat(verify(List.of("p2"), true).damaged())
        .singleElement()
        .satisfies(damage -> assertThat(damage.reason()).contains("does not have the hash"));
    assertRestoreFails("does not have the hash");
  }

  private VerifyReport verify(Collection<String> points, boolean full) {
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      return Verifier.verify(
          repository, points, full ? VerifyPlan.full() : VerifyPlan.quick(), VerifyListener.NONE);
    }
  }

  private void assertRestoreFails(String why) {
    Path file = dir.resolve("vda.raw");
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() ->
              RawRestore.restore(repository, first, "vda", file, false, ProgressListener.NONE))
          .isInstanceOf(RepositoryException.class)
          .hasMessageContaining(why);
    }
    assertThat(dir)
        .isDirectoryNotContaining("glob:**.part")
        .isDirectoryNotContaining("glob:**.raw");
  }

  private Path packOf(Manifest point) {
    return dir.resolve("r").resolve(Layout.pack(point.packs().getFirst()));
  }

  private Ref blockRef(Manifest point, int index) {
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      ManifestDisk disk = point.disks().getFirst();
      return repository.tree().leaf(disk.root(), disk.sizeBytes(), 0).get(index);
    }
  }

  /** Where the frame begins, by the document: found in the footer. */
  private long offsetOf(Ref ref) throws IOException {
    ByteBuffer pack =
        ByteBuffer.wrap(Files.readAllBytes(dir.resolve("r").resolve(Layout.pack(ref.pack()))));
    long footer = pack.getLong(pack.limit() - 64);
    return pack.getLong((int) footer + ref.slot() * 56 + 16);
  }

  private static void flip(Path file, long offset) throws IOException {
    put(file, offset, (byte) (slice(file, offset, 1)[0] ^ 4));
  }

  private static void put(Path file, long offset, byte... bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      Durable.writeFully(channel, ByteBuffer.wrap(bytes), offset);
    }
  }

  private static void sealHeader(Path pack) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(slice(pack, 0, 64));
    header.putInt(60, PackFormat.crc(header, 0, 60));
    put(pack, 0, header.array());
  }

  private static byte[] slice(Path file, long offset, int length) throws IOException {
    int start = Math.toIntExact(offset);
    return Arrays.copyOfRange(Files.readAllBytes(file), start, start + length);
  }

  private static void replace(Path file, String what, String by) throws IOException {
    String text = Files.readString(file);
    assertThat(text).contains(what);
    Files.writeString(file, text.replace(what, by));
  }
}
