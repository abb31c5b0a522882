package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs that are open here while another process replaces or deletes them. */
class PackCacheTest {
  private static final int BLOCK = 65_536;

  @TempDir private Path directory;
  private final byte[] content = new byte[8 * BLOCK];
  private Storage storage;
  private PackId pack;
  private List<Ref> blocks;

  private final AtomicLong clock = new AtomicLong();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final Scratch.Pool scratches = new Scratch.Pool();
  private PackCache open;
  private BlockReader reader;

  @BeforeEach
  void backUp() {
    new Random(3).nextBytes(content);
    try (Repository elsewhere = Repository.create(directory.resolve("r"))) {
      pack = Fixture.publish(elsewhere, "p", content, Optional.empty()).packs().getFirst();
    }
    storage = new LocalDirectory(directory.resolve("r"));
    open = new PackCache(storage, later::add, clock::get);
    reader = new BlockReader(open, scratches);
    blocks = reader.refs(pack).subList(0, 8);
  }

  @AfterEach
  void close() {
    open.close();
    storage.close();
    scratches.close();
  }

  @Test
  void aBlockThatIsBadInAnOpenPackIsReadFromTheMendedOneThatReplacedIt() throws IOException {
    Path good = Files.copy(file(), directory.resolve("good"));
    reader.check(blocks.getFirst());
    overwrite(4 * BLOCK);

    Files.move(good, file(), StandardCopyOption.ATOMIC_MOVE);

    for (Ref block : blocks) {
      assertThat(reader.check(block)).isEqualTo(BLOCK);
    }
    assertThat(reader.lengthOf(blocks.getFirst())).isEqualTo(BLOCK);
  }

  @Test
  void aDeletedPackIsClosedOnceNobodyHasReadItForAWhile() throws IOException {
    reader.check(blocks.getFirst());
    Files.delete(file());
    assertThat(deletedFilesThatAreOpen()).isEqualTo(1);

    pass(PackCache.IDLE.toNanos() / 2);
    reader.check(blocks.getLast());
    pass(PackCache.IDLE.toNanos() / 2);
    assertThat(deletedFilesThatAreOpen()).as("it was read half a minute ago").isEqualTo(1);
    pass(PackCache.IDLE.toNanos() / 2);

    assertThat(deletedFilesThatAreOpen()).isZero();
    assertThat(later).as("nothing is open that could become idle").isEmpty();
  }

  @Test
  void aPackThatIsReadAllTheTimeStaysOpen() {
    try (PackCache.Lease lease = open.lease(pack)) {
      pass(10 * PackCache.IDLE.toNanos());

      assertThat(lease.file().index().all()).isNotEmpty();
    }
    pass(PackCache.IDLE.toNanos());

    assertThat(later).isEmpty();
    assertThat(reader.check(blocks.getFirst())).isEqualTo(BLOCK);
  }

  private void pass(long nanos) {
    clock.addAndGet(nanos);
    for (int due = later.size(); due > 0; due--) {
      later.remove().run();
    }
  }

  private void overwrite(int offset) throws IOException {
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      Durable.writeFully(channel, ByteBuffer.allocate(BLOCK), offset);
    }
  }

  private Path file() {
    return directory.resolve("r").resolve(Layout.pack(pack));
  }

  private long deletedFilesThatAreOpen() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.map(PackCacheTest::target).filter(this::isDeletedPack).count();
    }
  }

  private boolean isDeletedPack(String file) {
    return file.startsWith(directory.toString()) && file.endsWith(" (deleted)");
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (NoSuchFileException e) {
      return ""; // Closed since the directory was listed.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
