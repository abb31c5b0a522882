package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryTest {

  private static final int SIZE = 40 * 65_536 + 1234;

  @TempDir private Path dir;

  @Test
  void aBackedUpDiskIsReadBackAfterReopening() {
    byte[] content = noise(1);
    try (Repository repository = Repository.create(dir.resolve("r"))) {
      Fixture.publish(repository, "p1", content, Optional.empty());
    }

    try (Repository repository = Repository.open(dir.resolve("r"))) {
      assertThat(repository.pointIds()).containsExactly("p1");
      assertThat(Fixture.read(repository, repository.manifest("p1").disk("vda").orElseThrow()))
          .isEqualTo(content);
      assertThat(
              Verifier.verify(repository, List.of("p1"), VerifyPlan.full(), VerifyListener.NONE)
                  .ok())
          .isTrue();
    }
  }

  @Test
  void anIncrementalStoresOnlyWhatChangedAndItsNode() {
    byte[] content = noise(2);
    try (Repository repository = Repository.create(dir)) {
      Manifest full = Fixture.publish(repository, "p1", content, Optional.empty());
      content[5 * 65_536] ^= 1;
      Manifest incremental = Fixture.publish(repository, "p2", content, Optional.of(full));

      assertThat(Fixture.read(repository, incremental.disk("vda").orElseThrow()))
          .isEqualTo(content);
      assertThat(packFile(incremental.packs().getFirst())).isRegularFile();
      assertThat(packFile(incremental.packs().getFirst()).toFile().length())
          .isBetween(65_536L, 65_536L + 16_384L);
    }
  }

  @Test
  void anUnchangedDiskNeedsNoPack() {
    byte[] content = noise(3);
    try (Repository repository = Repository.create(dir)) {
      Manifest full = Fixture.publish(repository, "p1", content, Optional.empty());

      Manifest incremental = Fixture.publish(repository, "p2", content, Optional.of(full));

      assertThat(incremental.packs()).isEmpty();
      assertThat(incremental.disks().getFirst().root()).isEqualTo(full.disks().getFirst().root());
      assertThat(dir.resolve("tmp")).isEmptyDirectory();
    }
  }

  @Test
  void aLeafReplacedByItselfWritesNothing() {
    try (Repository repository = Repository.create(dir);
        PackWriter pack = repository.newPack()) {
      ManifestDisk disk =
          Fixture.publish(repository, "p1", Arrays.copyOf(noise(3), 20_000_000), Optional.empty())
              .disks()
              .getFirst();
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      leaves.put(0L, repository.tree().leafRef(disk.root(), disk.sizeBytes(), 0));

      Ref root =
          repository
              .tree()
              .replaceLeaves(disk.root(), disk.sizeBytes(), disk.sizeBytes(), leaves, pack);

      assertThat(root).isEqualTo(disk.root());
      assertThat(pack.finish()).isEmpty();
    }
  }

  @Test
  void anEmptyOrMissingDirectoryIsNotARepository() throws IOException {
    assertThatThrownBy(() -> Repository.open(dir))
        .isInstanceOf(NotARepositoryException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("tidemark-repository.json");
    assertThatThrownBy(() -> Repository.open(dir.resolve("gone")))
        .isInstanceOf(NotARepositoryException.class)
        .hasMessageContaining("no such directory");

    assertThat(dir).isEmptyDirectory();
  }

  @Test
  void openOrCreateMakesOneOnlyWhereThereIsNothing() throws IOException {
    Path used = Files.createDirectory(dir.resolve("used"));
    Files.writeString(used.resolve("somebody's"), "data");

    try (Repository first = Repository.openOrCreate(dir.resolve("new"));
        Repository second = Repository.openOrCreate(dir.resolve("new"))) {
      assertThat(second.id()).isEqualTo(first.id());
    }
    assertThatThrownBy(() -> Repository.openOrCreate(used))
        .isInstanceOf(NotARepositoryException.class);
    assertThatThrownBy(() -> Repository.create(used)).isInstanceOf(RefusedException.class);
    assertThat(used.resolve("somebody's")).hasContent("data");
  }

  @Test
  void openIfPresentNeitherMakesARepositoryNorTakesAnotherThingForItsAbsence() throws IOException {
    Path mountPoint = Files.createDirectory(dir.resolve("mnt"));

    assertThat(Repository.openIfPresent(mountPoint)).isEmpty();
    assertThat(mountPoint).isEmptyDirectory();
    assertThat(Repository.openIfPresent(dir.resolve("none"))).isEmpty();
    assertThat(dir.resolve("none")).doesNotExist();

    Files.writeString(mountPoint.resolve("letter.txt"), "Dear aunt");
    assertThatThrownBy(() -> Repository.openIfPresent(mountPoint))
        .isInstanceOf(NotARepositoryException.class);

    try (Repository made = Repository.create(dir.resolve("none"));
        Repository opened = Repository.openIfPresent(dir.resolve("none")).orElseThrow()) {
      assertThat(opened.id()).isEqualTo(made.id());
    }
  }

  @Test
  void aFullBackupSurvivesADamagedUpperNodeOfItsParent() throws IOException {
    long size = 2 * Geometry.LEAF_SPAN_BYTES;
    SortedMap<Long, Ref> leaves = new TreeMap<>();
    Ref damaged;
    try (Repository repository = Repository.create(dir.resolve("r"));
        PackWriter shard = repository.newPack();
        PackWriter seal = repository.newPack()) {
      for (long leaf = 0; leaf < 2; leaf++) {
        ByteBuffer content = ByteBuffer.wrap(new byte[] {1, (byte) leaf});
        leaves.put(leaf, shard.append(leafOf(shard.append(Hash.of(content), content))));
      }
      shard.finish();
      damaged = repository.tree().replaceLeaves(Ref.NIL, 0, size, leaves, seal);
      seal.finish();
      Files.delete(repository.directory().resolve(Layout.pack(damaged.pack())));
    }

    try (Repository repository = Repository.open(dir.resolve("r"));
        PackWriter pack = repository.newPack()) {
      DiskTree tree = repository.tree();
      Ref root = tree.replaceLeaves(damaged, size, size, leaves, pack);
      SortedMap<Long, Ref> zeroes = new TreeMap<>(Map.of(0L, Ref.NIL, 1L, Ref.NIL));
      assertThat(tree.replaceLeaves(damaged, size, size, zeroes, pack)).isEqualTo(Ref.NIL);
      assertThatThrownBy(() -> tree.replaceLeaves(damaged, size, size, leaves.headMap(1L), pack))
          .isInstanceOf(DamagedDataException.class);
      pack.finish();

      leaves.forEach((leaf, ref) -> assertThat(tree.leafRef(root, size, leaf)).isEqualTo(ref));
    }
  }

  private static Node leafOf(Ref block) {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.fill(refs, Ref.NIL);
    refs[0] = block;
    return Node.of(refs);
  }

  @Test
  void aRepositoryThatVanishesIsAnAlarmNotAnEmptyList() throws IOException {
    Path home = dir.resolve("r");
    try (Repository repository = Repository.create(home)) {
      Manifest point = Fixture.publish(repository, "p1", noise(4), Optional.empty());
      Files.move(home, dir.resolve("elsewhere"));
      Files.createDirectory(home);

      assertThatThrownBy(repository::pointIds).isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(() -> repository.hasPoint("p1"))
          .isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(() -> repository.manifest("p1"))
          .isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(() -> repository.forget("p1")).isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(() -> repository.publish(point))
          .isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(repository::newPack).isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(repository::reclaimLeftovers).isInstanceOf(NotARepositoryException.class);
      assertThatThrownBy(() ->
              Verifier.verify(repository, List.of("p1"), VerifyPlan.full(), VerifyListener.NONE))
          .isInstanceOf(NotARepositoryException.class);
      assertThat(home).isEmptyDirectory();
    }
  }

  @Test
  void aPointIsPublishedOnceAndNeverReplaced() {
    try (Repository repository = Repository.create(dir)) {
      Manifest point = Fixture.publish(repository, "p1", noise(5), Optional.empty());
      repository.publish(point);
      Manifest other = Fixture.backUp(repository, "p1", noise(6), Optional.empty());

      assertThatThrownBy(() -> repository.publish(other))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("p1.json");
      assertThat(repository.manifest("p1")).isEqualTo(point);
      assertThat(dir.resolve("tmp")).isEmptyDirectory();
    }
  }

  @Test
  void aPointWhosePacksAreNotThereIsNotPublished() throws IOException {
    try (Repository repository = Repository.create(dir)) {
      Manifest point = Fixture.backUp(repository, "p1", noise(8), Optional.empty());
      Files.delete(packFile(point.packs().getFirst()));

      assertThatThrownBy(() -> repository.publish(point))
          .isInstanceOf(DamagedDataException.class)
          .hasMessageContaining(point.packs().getFirst().toString());
      assertThat(repository.pointIds()).isEmpty();
    }
  }

  @Test
  void aForgottenPointIsGoneAndForgettingItAgainIsHarmless() {
    try (Repository repository = Repository.create(dir)) {
      Fixture.publish(repository, "p1", noise(7), Optional.empty());

      repository.forget("p1");
      repository.forget("p1");

      assertThat(repository.pointIds()).isEmpty();
      assertThat(repository.hasPoint("p1")).isFalse();
      assertThatThrownBy(() -> repository.manifest("p1"))
          .isInstanceOf(NoSuchPointException.class)
          .hasMessageContaining("p1");
    }
  }

  @Test
  void aPointIdCannotLeaveTheDirectory() {
    try (Repository repository = Repository.create(dir)) {
      assertThatThrownBy(() -> repository.forget("../tidemark-repository"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Path packFile(PackId id) {
    return dir.resolve(Layout.pack(id));
  }

  private static byte[] noise(long seed) {
    byte[] content = new byte[SIZE];
    new Random(seed).nextBytes(content);
    return content;
  }
}
