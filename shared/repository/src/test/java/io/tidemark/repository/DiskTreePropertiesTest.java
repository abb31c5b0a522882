package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Trees behave like a map from block number to reference, whatever is replaced and however the disk
 * grows and shrinks. Sizes are whole blocks here, so that no content is needed; {@link ResizeTest}
 * has the short blocks. jqwik prints the seed of a failure.
 */
final class DiskTreePropertiesTest {

  /** More than 256 leaves make three levels, so growth and shrinking cross heights. */
  private static final int MAX_LEAVES = 700;

  private static Path dir;
  private static Repository repository;

  record Step(int leaves, int blocksInLast, long seed, int changes) {

    long sizeBytes() {
      return leaves == 0 ? 0 : ((leaves - 1) * 256L + blocksInLast) * Geometry.BLOCK_BYTES;
    }
  }

  @BeforeContainer
  static void create() throws IOException {
    dir = Files.createTempDirectory("repository-tree");
    repository = Repository.create(dir);
  }

  @AfterContainer
  static void delete() throws IOException {
    repository.close();
    Fixture.deleteAll(dir);
  }

  @Property(tries = 200)
  void aTreeHoldsWhatAMapWouldHold(@ForAll("histories") List<Step> history) {
    SortedMap<Long, Ref> model = new TreeMap<>();
    Ref root = Ref.NIL;
    long size = 0;
    for (Step step : history) {
      root = apply(step, root, size, model);
      size = step.sizeBytes();
      assertHolds(root, size, model);
    }
  }

  @Property(tries = 20)
  void replacingNothingChangesNothing(@ForAll("steps") Step step) {
    SortedMap<Long, Ref> model = new TreeMap<>();
    Ref root = apply(step, Ref.NIL, 0, model);
    try (PackWriter pack = repository.newPack()) {
      Ref same =
          repository
              .tree()
              .replaceLeaves(root, step.sizeBytes(), step.sizeBytes(), new TreeMap<>(), pack);

      assertThat(same).isEqualTo(root);
      assertThat(pack.finish()).isEmpty();
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return steps().list().ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Integer> leaves =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, MAX_LEAVES),
            Arbitraries.of(0, 1, 2, 255, 256, 257, 512, 513));
    Arbitrary<Integer> last =
        Arbitraries.oneOf(Arbitraries.integers().between(1, 256), Arbitraries.of(1, 255, 256));
    return Combinators.combine(
            leaves, last, Arbitraries.longs(), Arbitraries.integers().between(0, 12))
        .as(Step::new);
  }

  private static Ref apply(Step step, Ref root, long oldSize, SortedMap<Long, Ref> model) {
    long blocks = Geometry.blocks(step.sizeBytes());
    model.tailMap(blocks).clear();
    try (PackWriter pack = repository.newPack()) {
      SortedMap<Long, Ref> changed = changeLeaves(step, root, oldSize, model, pack);
      Ref result = repository.tree().replaceLeaves(root, oldSize, step.sizeBytes(), changed, pack);
      pack.finish();
      return result;
    }
  }

  private static SortedMap<Long, Ref> changeLeaves(
      Step step, Ref root, long oldSize, SortedMap<Long, Ref> model, PackWriter pack) {
    Random random = new Random(step.seed());
    SortedMap<Long, Ref> changed = new TreeMap<>();
    for (int i = 0; i < step.changes() && step.leaves() > 0; i++) {
      long leaf = random.nextInt(step.leaves());
      if (!changed.containsKey(leaf)) {
        // As read from the parent, with what lies beyond the new end still in it.
        Ref[] refs =
            leaf < Geometry.leaves(oldSize)
                ? repository.tree().leaf(root, oldSize, leaf).toArray()
                : Node.NIL.toArray();
        changeBlocks(refs, leaf, step, random, model);
        changed.put(leaf, pack.append(Node.of(refs)));
      }
    }
    return changed;
  }

  private static void changeBlocks(
      Ref[] refs, long leaf, Step step, Random random, SortedMap<Long, Ref> model) {
    boolean zeroAll = random.nextInt(4) == 0;
    long blocks = Geometry.blocks(step.sizeBytes());
    for (int i = 0; i < refs.length && leaf * 256 + i < blocks; i++) {
      if (zeroAll || random.nextInt(100) == 0) {
        refs[i] = zeroAll || random.nextBoolean() ? Ref.NIL : anyRef(random);
        if (refs[i].isNil()) {
          model.remove(leaf * 256 + i);
        } else {
          model.put(leaf * 256 + i, refs[i]);
        }
      }
    }
  }

  private static Ref anyRef(Random random) {
    Hash hash =
        new Hash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    return new Ref(hash, new PackId(random.nextInt(3), 7), random.nextInt(Integer.MAX_VALUE));
  }

  private static void assertHolds(Ref root, long size, SortedMap<Long, Ref> model) {
    TreeMap<Long, Ref> found = new TreeMap<>();
    List<Long> covered = new ArrayList<>(List.of(0L));
    Set<PackId> packs = new HashSet<>();
    TreeWalk.Visitor visitor =
        new TreeWalk.Visitor() {
          @Override
          public void node(Ref ref) {
            packs.add(ref.pack());
          }

          @Override
          public void block(Ref ref, long offset, int length) {
            found.put(offset / Geometry.BLOCK_BYTES, ref);
            packs.add(ref.pack());
            zeroes(offset, length);
          }

          @Override
          public void zeroes(long offset, long length) {
            assertThat(offset).isEqualTo(covered.getFirst());
            covered.set(0, offset + length);
          }
        };
    new TreeWalk(repository.reader(), size).walk(root, visitor);

    assertThat(found).isEqualTo(model);
    assertThat(covered).containsExactly(size);
    assertThat(root.isNil()).isEqualTo(model.isEmpty());
    assertThat(repository.tree().packs(root, size)).isEqualTo(packs);
    assertLeavesHold(root, size, model);
  }

  private static void assertLeavesHold(Ref root, long size, SortedMap<Long, Ref> model) {
    Set<Long> leaves =
        new HashSet<>(List.of(0L, Geometry.leaves(size) / 2, Geometry.leaves(size) - 1));
    for (long leaf : leaves) {
      if (leaf >= 0 && leaf < Geometry.leaves(size)) {
        Ref[] expected = Node.NIL.toArray();
        model
            .subMap(leaf * 256, (leaf + 1) * 256)
            .forEach((block, ref) -> expected[(int) (block % 256)] = ref);
        // Also proves that no reference beyond the end is left in the last leaf.
        assertThat(repository.tree().leaf(root, size, leaf)).isEqualTo(Node.of(expected));
      }
    }
  }
}
