package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that packs being written share, and what becomes of them when there is none. */
class PiecesTest {
  private static final int BLOCK = 65_536;

  @TempDir private Path directory;
  private final Scratch.Pool scratches = new Scratch.Pool();
  private final Random random = new Random(7);
  private final AtomicInteger made = new AtomicInteger();
  private boolean exhausted;

  @AfterEach
  void close() {
    scratches.close();
  }

  @Test
  void aPackThatGotNoMemoryDoesNotMixUpThoseThatAreWrittenAfterIt() throws IOException {
    try (LocalDirectory storage = storage(100)) {
      try (PackWriter unlucky = writer(storage)) {
        exhausted = true;
        assertThatThrownBy(() -> appendMany(unlucky, 40)).isInstanceOf(OutOfMemoryError.class);
        exhausted = false;
        assertThatThrownBy(() -> appendMany(unlucky, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(unlucky::finish).isInstanceOf(IllegalStateException.class);
      }

      assertWhole(storage, 2);
    }
  }

  @Test
  void aPackThatCannotBeBegunForLackOfMemoryLeavesNothing() throws IOException {
    try (LocalDirectory storage = storage(100)) {
      exhausted = true;

      assertThatThrownBy(() -> writer(storage)).isInstanceOf(OutOfMemoryError.class);

      assertThat(directory.resolve("tmp")).isEmptyDirectory();
    }
  }

  @Test
  void manyPacksShareThePiecesThereAreAndEachHasOne() throws IOException {
    try (LocalDirectory storage = storage(6)) {
      assertWhole(storage, 4);
      assertThat(made).hasValueBetween(4, 6);
    }
  }

  @Test
  void morePacksThanPiecesAreWrittenToo() throws IOException {
    try (LocalDirectory storage = storage(1)) {
      assertWhole(storage, 3);
      assertThat(made).hasValue(3);
    }
  }

  @Test
  void aPieceIsNotTakenBackTwice() {
    try (Pieces pieces = new Pieces(this::piece, 100)) {
      ByteBuffer piece = pieces.take();
      pieces.give(piece);

      assertThatThrownBy(() -> pieces.give(piece)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aPackOfWhichAPieceIsMissingIsNotFinishedAfterANodeWasReadBack() throws IOException {
    SimFileSystem system = new SimFileSystem();
    try (LocalDirectory storage = new LocalDirectory(system.getPath("/repository"))) {
      storage.prepare();
      try (PackWriter pack = writer(storage)) {
        system.breakWith(new FailingOnce());
        List<Ref> refs = new ArrayList<>(appendMany(pack, 20).keySet());
        Ref[] below = new Ref[Geometry.FANOUT];
        Arrays.fill(below, refs.getFirst());
        Ref node = pack.append(Node.of(below));

        assertThatThrownBy(() -> pack.readBack(node)).isInstanceOf(StorageException.class);

        assertThatThrownBy(pack::finish).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  /** Writes so many packs by turns, and reads all of them back. */
  private void assertWhole(LocalDirectory storage, int packs) {
    List<PackWriter> writers = new ArrayList<>();
    Map<Ref, ByteBuffer> written = new LinkedHashMap<>();
    for (int i = 0; i < packs; i++) {
      writers.add(writer(storage));
    }
    for (int round = 0; round < 100; round++) {
      writers.forEach(writer -> written.putAll(appendMany(writer, 1)));
    }
    writers.forEach(PackWriter::finish);
    try (PackCache open = new PackCache(storage)) {
      BlockReader reader = new BlockReader(open, scratches);
      written.forEach((ref, content) -> {
        ByteBuffer into = ByteBuffer.allocate(BLOCK);
        reader.readExactly(ref, into);
        assertThat(into.flip()).isEqualTo(content);
      });
    }
  }

  private Map<Ref, ByteBuffer> appendMany(PackWriter pack, int blocks) {
    Map<Ref, ByteBuffer> written = new LinkedHashMap<>();
    for (int i = 0; i < blocks; i++) {
      byte[] noise = new byte[BLOCK];
      random.nextBytes(noise);
      ByteBuffer content = ByteBuffer.wrap(noise);
      written.put(pack.append(Hash.of(content), content), content);
    }
    return written;
  }

  private PackWriter writer(LocalDirectory storage) {
    return PackWriter.create(PackId.random(), storage, scratches);
  }

  private LocalDirectory storage(int mostWithSpareOnes) throws IOException {
    LocalDirectory storage =
        new LocalDirectory(directory, new Pieces(this::piece, mostWithSpareOnes));
    storage.prepare();
    return storage;
  }

  private ByteBuffer piece() {
    if (exhausted) {
      throw new OutOfMemoryError("Cannot reserve direct buffer memory");
    }
    made.incrementAndGet();
    return Pieces.allocate();
  }

  /** The first write fails. */
  private static final class FailingOnce implements Faults {
    private boolean failed;

    @Override
    public synchronized void before(Call call) throws IOException {
      if (call == Call.WRITE && !failed) {
        failed = true;
        throw new IOException("Input/output error");
      }
    }
  }
}
