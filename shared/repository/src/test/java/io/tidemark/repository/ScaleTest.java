package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What costs how much in a large repository. {@code -Dtidemark.scale.points} and {@code
 * -Dtidemark.scale.packs} say how large; 10000 and 100000 are what it is made for.
 */
final class ScaleTest {
  private static final int POINTS = Integer.getInteger("tidemark.scale.points", 300);
  private static final int PACKS = Integer.getInteger("tidemark.scale.packs", 3000);
  private static final long TEBIBYTE = 1L << 40;
  private static final long LEAVES = TEBIBYTE / Geometry.LEAF_SPAN_BYTES;
  private static final Path HOME = Path.of("/repository");

  /** Header, trailer and footer. */
  private static final int READS_TO_OPEN_A_PACK = 3;

  @TempDir private Path dir;

  @Test
  void openingAndListingIsQuickAndTakesLittleMemory() throws IOException {
    Repository.create(dir).close();
    writePoints(dir);
    writePacks(dir);

    try (Repository repository = within("open", Duration.ofSeconds(2), 1, this::open)) {
      Duration patience = Duration.ofSeconds(20);
      List<String> ids = within("list the points", patience, POINTS, repository::pointIds);
      assertThat(ids).hasSize(POINTS).isSorted();
      assertThat(within("list the packs", patience, PACKS, new GarbageCollector(repository)::packs))
          .hasSize(PACKS);
      within(
          "read all points",
          patience,
          16 * POINTS,
          () -> ids.stream().mapToLong(id -> repository.manifest(id).disks().size()).sum());
    }
  }

  @Test
  void aListingLooksAtEachFileOnce() {
    SimFileSystem system = new SimFileSystem();
    Path home = system.getPath(HOME.toString());
    try (Repository repository = Repository.create(home)) {
      for (int i = 0; i < 20; i++) {
        Fixture.publish(repository, "p" + i, new byte[] {(byte) (i + 1)}, Optional.empty());
      }
      Counter counter = new Counter();
      system.breakWith(counter);
      int ofPresence = counter.during(Faults.Call.STAT, repository::requirePresent);

      assertThat(counter.during(Faults.Call.STAT, repository::pointIds)).isEqualTo(ofPresence + 20);
      // Each pack has a directory of its own, or shares it.
      assertThat(counter.during(Faults.Call.STAT, () -> new GarbageCollector(repository).packs()))
          .isBetween(ofPresence + 21, ofPresence + 40);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100})
  void anIncrementalWritesTheNodesOnThePathsOfItsBlocksAndNoOther(int blocks) {
    SimFileSystem system = new SimFileSystem();
    try (Repository repository = Repository.create(system.getPath(HOME.toString()))) {
      Ref full = dense(repository);
      Counter counter = new Counter();
      system.breakWith(counter);
      long[] leaves = LongStream.range(0, blocks).map(i -> i * LEAVES / blocks + i).toArray();

      int before = counter.count(Faults.Call.READ);
      Change change = change(repository, full, leaves);

      // Above the blocks: a leaf each, a node of level 2 each, one root.
      assertThat(change.pack().blocks()).isEqualTo(3L * blocks + 1);
      assertThat(counter.count(Faults.Call.READ) - before)
          .as("reads of nodes on the paths, and of one footer")
          .isLessThanOrEqualTo(2 * blocks + 1 + READS_TO_OPEN_A_PACK + 10);
      assertThat(repository.tree().leaf(change.root(), TEBIBYTE, leaves[0] + 1))
          .isEqualTo(repository.tree().leaf(full, TEBIBYTE, leaves[0] + 1));
    }
  }

  @Test
  void aBlockOfTheHundredthPointTakesAsManyReadsAsOneOfTheFull() {
    SimFileSystem system = new SimFileSystem();
    Path home = system.getPath(HOME.toString());
    Ref full;
    Ref last;
    try (Repository repository = Repository.create(home)) {
      full = dense(repository);
      last = full;
      for (int point = 1; point < 100; point++) {
        last = change(repository, last, point * 651L).root();
      }
    }

    for (long leaf : new long[] {0, 7, 50 * 651L, 99 * 651L, LEAVES - 1}) {
      Reads ofFull = reads(system, full, leaf);
      Reads ofLast = reads(system, last, leaf);

      assertThat(ofLast.frames()).isEqualTo(ofFull.frames()).isEqualTo(4);
      assertThat(ofLast.packs()).isBetween(1, 4);
    }
  }

  private Repository open() {
    return Repository.open(dir);
  }

  /** A disk of 1 TiB without holes; all leaves hold the same. */
  private static Ref dense(Repository repository) {
    try (PackWriter pack = repository.newPack()) {
      Ref[] refs = new Ref[Geometry.FANOUT];
      Arrays.fill(refs, append(pack, 0));
      Ref leaf = pack.append(Node.of(refs));
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      LongStream.range(0, LEAVES).forEach(index -> leaves.put(index, leaf));
      Ref root = repository.tree().replaceLeaves(Ref.NIL, 0, TEBIBYTE, leaves, pack);
      pack.finish();
      return root;
    }
  }

  private record Change(Ref root, PackSummary pack) {}

  /** Another block in each of these leaves. */
  private static Change change(Repository repository, Ref parent, long... indexes) {
    try (PackWriter pack = repository.newPack()) {
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      for (long index : indexes) {
        Ref[] refs = repository.tree().leaf(parent, TEBIBYTE, index).toArray();
        refs[(int) (index % Geometry.FANOUT)] = append(pack, index + 1);
        leaves.put(index, pack.append(Node.of(refs)));
      }
      Ref root = repository.tree().replaceLeaves(parent, TEBIBYTE, TEBIBYTE, leaves, pack);
      return new Change(root, pack.finish().orElseThrow());
    }
  }

  private static Ref append(PackWriter pack, long seed) {
    byte[] noise = new byte[Geometry.BLOCK_BYTES];
    new Random(seed).nextBytes(noise);
    ByteBuffer block = ByteBuffer.wrap(noise);
    return pack.append(Hash.of(block), block);
  }

  /**
   * What reading one block takes for who has nothing open.
   *
   * @param frames blocks and nodes
   * @param packs how many were opened
   */
  private record Reads(int frames, int packs) {}

  private static Reads reads(SimFileSystem system, Ref root, long leaf) {
    try (Repository repository = Repository.open(system.getPath(HOME.toString()))) {
      Counter counter = new Counter();
      system.breakWith(counter);
      Node node = repository.tree().leaf(root, TEBIBYTE, leaf);
      repository
          .reader()
          .read(
              node.get((int) (leaf % Geometry.FANOUT)), ByteBuffer.allocate(Geometry.BLOCK_BYTES));
      int packs = counter.count(Faults.Call.OPEN);
      return new Reads(counter.count(Faults.Call.READ) - packs * READS_TO_OPEN_A_PACK, packs);
    } finally {
      system.breakWith(Faults.NONE);
    }
  }

  /** As {@link Repository#publish} would, without waiting for the disk each time. */
  private static void writePoints(Path home) throws IOException {
    SealedJson json = new SealedJson();
    for (int i = 0; i < POINTS; i++) {
      Manifest point =
          Fixture.point(
              String.format(Locale.ROOT, "%08x-scale", i),
              Fixture.disk(Ref.NIL, TEBIBYTE),
              List.of(PackId.random()),
              Optional.empty());
      Files.write(home.resolve(Layout.point(point.id())), json.encode(point).array());
    }
  }

  private static void writePacks(Path home) throws IOException {
    for (int i = 0; i < PACKS; i++) {
      Path pack = home.resolve(Layout.pack(PackId.random()));
      Files.createDirectories(pack.getParent());
      Files.createFile(pack);
    }
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  /** Runs it, tells what it took, and fails if that was too much for so many items. */
  private static <T> T within(String what, Duration most, int items, Work<T> work)
      throws IOException {
    long allocated = allocatedBytes();
    long start = System.nanoTime();
    T result = work.run();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    long bytes = allocatedBytes() - allocated;
    System.out.printf(
        Locale.ROOT,
        "%s of %d points and %d packs: %d ms, %d KiB allocated%n",
        what,
        POINTS,
        PACKS,
        took.toMillis(),
        bytes >> 10);
    assertThat(took).isLessThan(most);
    assertThat(bytes).as("bytes allocated").isLessThan((4L << 20) + items * 4096L);
    return result;
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  /** Counts calls to the file system. */
  private static final class Counter implements Faults {
    private final Map<Call, Integer> calls = new ConcurrentHashMap<>();

    @Override
    public void before(Call call) {
      calls.merge(call, 1, Integer::sum);
    }

    int count(Call call) {
      return calls.getOrDefault(call, 0);
    }

    int during(Call call, Runnable work) {
      int before = count(call);
      work.run();
      return count(call) - before;
    }
  }
}
