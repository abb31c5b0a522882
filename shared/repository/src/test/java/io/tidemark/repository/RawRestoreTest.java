package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RawRestoreTest {

  private static final int SIZE = 50_000_001;

  @TempDir private Path dir;

  private Repository repository;
  private byte[] content;
  private Manifest point;

  @BeforeEach
  void backUp() {
    repository = Repository.create(dir.resolve("r"));
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    Arrays.fill(content, 1_000_000, 49_000_000, (byte) 0);
    point = Fixture.publish(repository, "p1", content, Optional.empty());
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void theFileIsTheDiskAndItsZeroesAreHoles() throws Exception {
    Path file = dir.resolve("vda.raw");

    RestoredFile restored = restore(file, false);

    assertThat(Files.mismatch(file, Files.write(dir.resolve("expected"), content))).isEqualTo(-1);
    assertThat(restored.sizeBytes()).isEqualTo(SIZE);
    assertThat(restored.dataBytes()).isBetween(2_000_001L, 2_200_000L);
    assertThat(allocatedBytes(file)).isLessThan(2_500_000);
    assertThat(dir).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void aNewFileIsForItsOwnersEyesOnly() throws Exception {
    Path file = dir.resolve("vda.raw");

    restore(file, false);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aDiskOfZeroesIsAFileOfHoles() throws Exception {
    Manifest empty = Fixture.publish(repository, "zero", new byte[SIZE], Optional.empty());
    Path file = dir.resolve("zero.raw");

    RawRestore.restore(repository, empty, "vda", file, false, ProgressListener.NONE);

    assertThat(Files.size(file)).isEqualTo(SIZE);
    assertThat(Files.readAllBytes(file)).isEqualTo(new byte[SIZE]);
    assertThat(allocatedBytes(file)).isLessThan(100_000);
  }

  @Test
  void aDiskThatEndsInZeroesHasItsWholeSize() throws IOException {
    byte[] half = new byte[200_000];
    half[5] = 1;
    Manifest manifest = Fixture.publish(repository, "half", half, Optional.empty());
    Path file = dir.resolve("half.raw");

    RawRestore.restore(repository, manifest, "vda", file, false, ProgressListener.NONE);

    assertThat(file).hasBinaryContent(half);
  }

  @Test
  void anotherFileThatIsKeptAsBlocksIsRestoredToo() {
    Path file = dir.resolve("nvram.fd");
    ManifestFile.Stored stored =
        new ManifestFile.Stored("nvram", SIZE, point.disks().getFirst().root());

    RestoredFile restored =
        RawRestore.restore(repository, stored, file, false, ProgressListener.NONE);

    assertThat(restored.target()).isEqualTo("nvram");
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void anExistingFileIsRefusedAndLeftAlone() throws IOException {
    Path file = Files.writeString(dir.resolve("vda.raw"), "precious");

    assertThatThrownBy(() -> restore(file, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent("precious");
  }

  @Test
  void anExistingFileIsReplacedOnlyWhenAllowed() throws IOException {
    Path file = Files.writeString(dir.resolve("vda.raw"), "no longer precious");

    restore(file, true);

    assertThat(Files.size(file)).isEqualTo(SIZE);
  }

  @Test
  void aLinkIsFollowedNotReplaced() throws IOException {
    Path file = Files.writeString(dir.resolve("real.raw"), "no longer precious");
    Path link = Files.createSymbolicLink(dir.resolve("link.raw"), file);

    restore(link, true);

    assertThat(link).isSymbolicLink();
    assertThat(Files.size(file)).isEqualTo(SIZE);
  }

  @Test
  void afterDamageAnExistingFileIsAsItWas() throws IOException {
    Path file = Files.writeString(dir.resolve("vda.raw"), "precious");
    Files.delete(dir.resolve("r").resolve(Layout.pack(point.packs().getFirst())));
    // A pack that is open already could still be read, and rightly.
    repository.close();
    repository = Repository.open(dir.resolve("r"));

    assertThatThrownBy(() -> restore(file, true))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageContaining("missing");
    assertThat(file).hasContent("precious");
    assertThat(dir).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void anUnknownTargetIsRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() ->
            RawRestore.restore(
                repository, point, "vdb", dir.resolve("f"), false, ProgressListener.NONE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("vdb")
        .hasMessageContaining("[vda]");
  }

  @Test
  void aDirectoryOrCharacterDeviceIsNoTarget() {
    assertThatThrownBy(() -> restore(dir, true)).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> restore(Path.of("/dev/null"), true))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void aMissingDirectoryIsNamed() {
    assertThatThrownBy(() -> restore(dir.resolve("gone/vda.raw"), false))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("gone/vda.raw");
  }

  @Test
  void progressGrowsToTheWhole() {
    List<Long> told = new ArrayList<>();

    RawRestore.restore(
        repository,
        point,
        "vda",
        dir.resolve("vda.raw"),
        false,
        (done, total) -> {
          assertThat(total).isEqualTo(SIZE);
          told.add(done);
        });

    assertThat(told).isSorted().startsWith(0L).endsWith((long) SIZE);
  }

  @Test
  void whatAKilledRestoreLeftIsRemovedByTheNextOne() throws IOException {
    Path file = dir.resolve("vda.raw");
    String id = PackId.random().toString();
    Path left = Files.writeString(dir.resolve(".vda.raw." + id + ".part"), "left");
    Path held = Files.writeString(dir.resolve(".vda.raw." + PackId.random() + ".part"), "held");
    Path other = Files.writeString(dir.resolve(".vda.raw.old." + id + ".part"), "another's");

    try (FileChannel writing = FileChannel.open(held, StandardOpenOption.WRITE)) {
      PartialFiles.hold(writing);
      restore(file, false);
    }

    assertThat(left).doesNotExist();
    assertThat(held).exists();
    assertThat(other).exists();
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void aListenerThatThrowsStopsTheRestore() {
    Path file = dir.resolve("vda.raw");

    assertThatThrownBy(() ->
            RawRestore.restore(
                repository,
                point,
                "vda",
                file,
                false,
                (done, total) -> {
                  if (done > 0) {
                    throw new IllegalStateException("cancelled");
                  }
                }))
        .hasMessage("cancelled");
    assertThat(file).doesNotExist();
    assertThat(dir).isDirectoryNotContaining("glob:**.part");
  }

  private RestoredFile restore(Path file, boolean overwrite) {
    return RawRestore.restore(repository, point, "vda", file, overwrite, ProgressListener.NONE);
  }

  private static long allocatedBytes(Path file) throws Exception {
    return 512 * Long.parseLong(Commands.run("stat", "-c", "%b", file.toString()));
  }
}
