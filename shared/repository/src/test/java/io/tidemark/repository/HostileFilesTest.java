package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose checksums are right and whose content makes no sense: refused, and at no cost. */
final class HostileFilesTest {
  private static final int BLOCK = Geometry.BLOCK_BYTES;

  @TempDir private Path dir;
  private Manifest point;

  @BeforeEach
  void backUp() {
    byte[] content = new byte[10 * BLOCK];
    new Random(3).nextBytes(content);
    try (Repository repository = Repository.create(dir.resolve("r"))) {
      point = Fixture.publish(repository, "p1", content, Optional.empty());
    }
  }

  @Test
  void aTrailerThatCountsFewerThanNoEntriesIsDamage() throws IOException {
    forge((trailer, footer) ->
        trailer
            .putLong(0, trailer.getLong(0) + trailer.getLong(8) + 56)
            .putLong(8, -56)
            .putInt(16, -1));

    assertPackIsDamaged("does not fit the file's size");
  }

  @Test
  void aFooterThatBeginsBeforeTheFileIsDamage() throws IOException {
    forge((trailer, footer) -> {
      int entries = Integer.MAX_VALUE / 56;
      long length = entries * 56L;
      long end = trailer.getLong(0) + trailer.getLong(8);
      trailer.putLong(0, end - length).putLong(8, length).putInt(16, entries);
    });

    assertPackIsDamaged("does not fit the file's size");
  }

  @Test
  void aFooterWhoseSlotsAreInDisorderIsDamage() throws IOException {
    forge((trailer, footer) -> footer.putInt(0, 5));
    assertPackIsDamaged("in disorder");

    forge((trailer, footer) -> footer.putInt(0, -1));
    assertPackIsDamaged("in disorder");
  }

  @Test
  void aFrameOfImpossibleLengthIsNotCopied() throws IOException {
    forge((trailer, footer) -> footer.putInt(4, Integer.MAX_VALUE));
    PackId pack = point.packs().getFirst();

    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() -> repository.rewrite(pack, slot -> true))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining("lengths are impossible");
    }
  }

  @Test
  void aNodeThatNamesAnImpossibleSlotIsDamage() {
    try (Repository repository = Repository.open(dir.resolve("r"));
        PackWriter pack = repository.newPack()) {
      Ref root = point.disks().getFirst().root();
      ByteBuffer node = ByteBuffer.allocate(Node.BYTES);
      node.put(repository.reader().readNode(root).encode()).putInt(8 + 48, -1).flip();
      Ref forged = pack.append(Hash.of(node), node);
      pack.finish();

      assertThatThrownBy(() -> repository.reader().readNode(forged))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining("slot that no pack can have");
    }
  }

  @Test
  void aManifestThatIsTooLargeIsNotReadIntoMemory() throws IOException {
    Path huge = dir.resolve("r/points/huge.json");
    try (FileChannel file =
        FileChannel.open(huge, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Durable.writeFully(file, ByteBuffer.allocate(1), 1L << 32);
    }

    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() -> repository.manifest("huge"))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining("4294967297 bytes");
    }
  }

  @Test
  void aPointThatCouldNotBeReadBackIsNotPublished() {
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() -> repository.publish(with("p2", "<a>\ud800</a>", 3)))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("would not be read back as it is");
      assertThatThrownBy(() -> repository.publish(with("p3", "<a/>", 50 << 20)))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("Keep its large files as blocks");

      assertThat(repository.pointIds()).containsExactly("p1");
    }
  }

  @Test
  void aManifestThatHoldsALargeFileIsReadBack() {
    Manifest large = with("p2", "<a/>", 16 << 20);
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      repository.publish(large);

      assertThat(repository.manifest("p2")).isEqualTo(large);
    }
  }

  @Test
  void aFileThatHasNoPointsNameIsNoPoint() throws IOException {
    Files.copy(dir.resolve("r/points/p1.json"), dir.resolve("r/points/copy of p1.json"));

    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThat(repository.pointIds()).containsExactly("p1");
      assertThat(new GarbageCollector(repository).mark().packs()).isNotEmpty();
    }
  }

  @Test
  void aPointThatIsForgottenWhileOthersAreListedIsJustNotThere() {
    SimFileSystem system = new SimFileSystem();
    try (Repository repository = Repository.create(system.getPath("/repository"))) {
      Fixture.publish(repository, "p1", new byte[] {1}, Optional.empty());
      Fixture.publish(repository, "p2", new byte[] {2}, Optional.empty());
      system.breakWith(new OneIsGone());

      assertThat(repository.pointIds()).hasSize(1);
    }
  }

  private Manifest with(String id, String domainXml, int fileBytes) {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        id,
        point.vm(),
        Optional.empty(),
        Manifest.Kind.FULL,
        "crash",
        Optional.empty(),
        point.createdAt(),
        point.sealedAt(),
        domainXml,
        List.of(ManifestFile.inline("nvram", ByteBuffer.allocate(fileBytes))),
        point.disks(),
        point.packs());
  }

  private void assertPackIsDamaged(String why) {
    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThatThrownBy(() -> PackFile.open(repository.storage(), point.packs().getFirst()))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining(why);
      assertThat(
              Verifier.verify(repository, List.of("p1"), VerifyPlan.quick(), VerifyListener.NONE)
                  .damaged())
          .isNotEmpty();
    }
  }

  /** Changes trailer and footer, and makes their checksums right again. */
  private void forge(Forgery forgery) throws IOException {
    Path file = dir.resolve("r").resolve(Layout.pack(point.packs().getFirst()));
    ByteBuffer pack = ByteBuffer.wrap(Files.readAllBytes(file));
    ByteBuffer trailer = pack.slice(pack.limit() - 64, 64);
    int at = Math.toIntExact(trailer.getLong(0));
    ByteBuffer footer = pack.slice(at, Math.toIntExact(trailer.getLong(8)));
    forgery.change(trailer, footer);
    trailer.putInt(20, PackFormat.crc(footer, 0, footer.limit()));
    trailer.putInt(52, PackFormat.crc(trailer, 0, 52));
    Files.write(file, pack.array());
  }

  private interface Forgery {
    void change(ByteBuffer trailer, ByteBuffer footer);
  }

  /** Of the files that are listed, the first one looked at is not there any more. */
  private static final class OneIsGone implements Faults {
    private boolean listing;
    private boolean gone;

    @Override
    public void before(Call call) throws IOException {
      listing |= call == Call.LIST;
      if (listing && !gone && call == Call.STAT) {
        gone = true;
        throw new NoSuchFileException("p1.json");
      }
    }
  }
}
