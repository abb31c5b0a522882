package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two points; of the disk's eight blocks the second has changed block 1. */
class HealerTest {
  private static final int BLOCK = 65_536;

  @TempDir private Path directory;
  private Repository repository;
  private final byte[] content = new byte[8 * BLOCK];
  private byte[] before;
  private Manifest first;

  @BeforeEach
  void backUpTwice() {
    repository = Repository.create(directory.resolve("r"));
    new Random(1).nextBytes(content);
    before = content.clone();
    first = Fixture.publish(repository, "first", content, Optional.empty());
    content[BLOCK]++;
    Fixture.publish(repository, "second", content, Optional.of(first));
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void aBlockThatTheNextBackupHasStoredAgainIsMendedForEveryPoint() throws IOException {
    damage(0);
    damage(5);

    Healer.Healed healed = heal();

    assertThat(healed.mendedBlocks()).isEqualTo(2);
    assertThat(healed.after().ok()).isTrue();
    assertWhole("first", before);
    assertWhole("second", content);
  }

  @Test
  void whoHasTheDamagedPackOpenReadsTheMendedOne() throws IOException {
    damage(5);
    ManifestDisk disk = first.disk("vda").orElseThrow();
    try (Repository other = Repository.open(repository.directory())) {
      assertThatThrownBy(() -> Fixture.read(other, disk)).isInstanceOf(DamagedDataException.class);

      heal();

      assertThat(Fixture.read(other, disk)).isEqualTo(before);
    }
  }

  @Test
  void whatHasChangedSinceStaysLostAndIsNamed() throws IOException {
    damage(1);
    damage(5);

    Healer.Healed healed = heal();

    assertThat(healed.mendedBlocks()).isEqualTo(1);
    assertThat(healed.after().damaged())
        .singleElement()
        .satisfies(damage -> {
          assertThat(damage.pointIds()).containsExactly("first");
          assertThat(damage.offset()).isEqualTo(BLOCK);
          assertThat(damage.lengthBytes()).isEqualTo(BLOCK);
        });
    assertWhole("second", content);
  }

  @Test
  void aPackWhoseFooterIsGoneIsLeftAsItIs() throws IOException {
    Path pack = repository.directory().resolve(Layout.pack(first.packs().getFirst()));
    byte[] cut = java.util.Arrays.copyOf(Files.readAllBytes(pack), 100_000);
    Files.write(pack, cut);

    Healer.Healed healed = heal();

    assertThat(healed.mendedBlocks()).isZero();
    assertThat(healed.after().ok()).isFalse();
    assertThat(Files.readAllBytes(pack)).isEqualTo(cut);
  }

  @Test
  void aBadCopyMendsNothing() throws IOException {
    damage(5);
    Manifest third = Fixture.publish(repository, "third", content, Optional.empty());
    damage(third, 5);

    Healer.Healed healed =
        new Healer(repository)
            .heal(List.of("first"), Set.of(first.packs().getFirst()), third.packs());

    assertThat(healed.mendedBlocks()).isZero();
    assertThat(healed.after().ok()).isFalse();
  }

  private Healer.Healed heal() {
    // It has no parent: nothing is built on damaged points.
    Manifest third = Fixture.publish(repository, "third", content, Optional.empty());
    return new Healer(repository)
        .heal(List.of("first", "second"), Set.of(first.packs().getFirst()), third.packs());
  }

  private void assertWhole(String point, byte[] expected) {
    VerifyReport report =
        Verifier.verify(repository, List.of(point), VerifyPlan.full(), VerifyListener.NONE);
    assertThat(report.damaged()).isEmpty();
    ManifestDisk disk = repository.manifest(point).disk("vda").orElseThrow();
    assertThat(Fixture.read(repository, disk)).isEqualTo(expected);
  }

  private void damage(int block) throws IOException {
    damage(first, block);
  }

  /** Flips a bit of a block's payload; the blocks are incompressible and lie one after another. */
  private void damage(Manifest point, int block) throws IOException {
    Path pack = repository.directory().resolve(Layout.pack(point.packs().getFirst()));
    try (FileChannel file =
        FileChannel.open(pack, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at =
          PackFormat.HEADER_BYTES
              + (long) block * (PackFormat.FRAME_HEADER_BYTES + BLOCK)
              + PackFormat.FRAME_HEADER_BYTES
              + 100;
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(one, at);
      file.write(one.put(0, (byte) (one.get(0) ^ 1)).rewind(), at);
    }
  }
}
