package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What happens to the short last block when a disk grows or shrinks and nothing else is said to
 * have changed.
 */
final class ResizeTest {

  @TempDir private Path dir;

  @ParameterizedTest(name = "{0} -> {1} bytes")
  @CsvSource({
    "100000, 200000",
    "200000, 100000",
    "100000, 100001",
    "100001, 100000",
    "65536, 65537",
    "65537, 65536",
    "131072, 65536",
    "65536, 131072",
    "1, 40000000",
    "40000000, 1",
    "100000, 0",
    "16777216, 16777217",
    "16777217, 16777216"
  })
  void aResizedDiskKeepsItsBytesAndIsZeroBeyond(int oldSize, int newSize) {
    byte[] content = new byte[oldSize];
    new Random(oldSize).nextBytes(content);
    try (Repository repository = Repository.create(dir)) {
      Manifest before = Fixture.publish(repository, "p1", content, Optional.empty());

      Manifest after = resized(repository, before, newSize);

      repository.publish(after);
      assertThat(Fixture.read(repository, after.disks().getFirst()))
          .isEqualTo(Arrays.copyOf(content, newSize));
      assertThat(
              Verifier.verify(
                      repository, List.of("p1", "p2"), VerifyPlan.full(), VerifyListener.NONE)
                  .damaged())
          .isEmpty();
    }
  }

  @ParameterizedTest(name = "{0} -> {1} bytes")
  @CsvSource({"100000, 200000", "200000, 100000"})
  void aShortBlockIsMendedEvenInALeafThatOtherwiseChanged(int oldSize, int newSize) {
    byte[] content = new byte[oldSize];
    new Random(oldSize).nextBytes(content);
    try (Repository repository = Repository.create(dir);
        PackWriter pack = repository.newPack()) {
      ManifestDisk before =
          Fixture.publish(repository, "p1", content, Optional.empty()).disks().getFirst();
      Ref[] refs = repository.tree().leaf(before.root(), oldSize, 0).toArray();
      refs[0] = Ref.NIL;
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      leaves.put(0L, pack.append(Node.of(refs)));

      Ref root = repository.tree().replaceLeaves(before.root(), oldSize, newSize, leaves, pack);
      pack.finish();

      Arrays.fill(content, 0, 65_536, (byte) 0);
      assertThat(Fixture.read(repository, Fixture.disk(root, newSize)))
          .isEqualTo(Arrays.copyOf(content, newSize));
    }
  }

  private static Manifest resized(Repository repository, Manifest before, int newSize) {
    ManifestDisk disk = before.disks().getFirst();
    try (PackWriter pack = repository.newPack()) {
      Ref root =
          repository
              .tree()
              .replaceLeaves(disk.root(), disk.sizeBytes(), newSize, new TreeMap<>(), pack);
      List<PackId> packs = pack.finish().map(summary -> List.of(summary.id())).orElse(List.of());
      return Fixture.point("p2", Fixture.disk(root, newSize), packs, Optional.of("p1"));
    }
  }
}
