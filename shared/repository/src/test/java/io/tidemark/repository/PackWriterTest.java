package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackWriterTest {

  @TempDir private Path dir;

  private Repository repository;

  @BeforeEach
  void create() {
    repository = Repository.create(dir);
  }

  @AfterEach
  void close() {
    repository.close();
  }

  @Test
  void manyThreadsAppendToOnePackAndReadItTogether() throws Exception {
    Map<Integer, Ref> refs = new ConcurrentHashMap<>();
    try (PackWriter pack = repository.newPack();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      runAll(threads, 400, i -> refs.put(i, append(pack, i)));
      assertThat(pack.finish().orElseThrow().blocks()).isEqualTo(400);
      assertThat(refs.values()).extracting(Ref::slot).doesNotHaveDuplicates().hasSize(400);

      runAll(
          threads,
          400,
          i -> {
            ByteBuffer into = ByteBuffer.allocate(length(i));
            repository.reader().readExactly(refs.get(i), into);
            assertThat(into.flip()).isEqualTo(content(i));
          });
    }
  }

  @Test
  void moreArePacksReadThanAreKeptOpen() throws Exception {
    List<Ref> refs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      try (PackWriter pack = repository.newPack()) {
        refs.add(append(pack, i));
        pack.finish();
      }
    }
    long before = openFiles();

    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      runAll(
          threads,
          3000,
          i -> {
            int any = ThreadLocalRandom.current().nextInt(refs.size());
            ByteBuffer into = ByteBuffer.allocate(length(any));
            repository.reader().readExactly(refs.get(any), into);
            assertThat(into.flip()).isEqualTo(content(any));
          });
    }

    assertThat(openFiles() - before).isBetween(1L, 160L);
  }

  @Test
  void anInterruptedReaderDoesNotDisturbTheOthers() throws Exception {
    Ref ref;
    try (PackWriter pack = repository.newPack()) {
      ref = append(pack, 7);
      pack.finish();
    }
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < 20; i++) {
        Future<?> interrupted = threads.submit(() -> assertInterruptedReadFails(ref));
        ByteBuffer into = ByteBuffer.allocate(length(7));
        repository.reader().readExactly(ref, into);
        assertThat(into.flip()).isEqualTo(content(7));
        interrupted.get();
      }
    }
  }

  private void assertInterruptedReadFails(Ref ref) {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> repository.reader().read(ref, ByteBuffer.allocate(65_536)))
        .isInstanceOf(StorageException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aClosedWriterLeavesNothing() {
    try (PackWriter pack = repository.newPack()) {
      append(pack, 1);
      assertThat(dir.resolve("tmp")).isNotEmptyDirectory();
    }

    assertThat(dir.resolve("tmp")).isEmptyDirectory();
    assertThat(dir.resolve("packs")).isEmptyDirectory();
  }

  @Test
  void anEmptyPackIsNotWritten() {
    try (PackWriter pack = repository.newPack()) {
      assertThat(pack.append(Node.NIL)).isEqualTo(Ref.NIL);
      assertThat(pack.finish()).isEmpty();
    }

    assertThat(dir.resolve("packs")).isEmptyDirectory();
    assertThat(dir.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void aFinishedWriterTakesNoMore() {
    try (PackWriter pack = repository.newPack()) {
      append(pack, 1);
      pack.finish();

      assertThatThrownBy(() -> append(pack, 2)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(pack::finish).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void contentOfNoBytesOrTooManyIsRefused() {
    try (PackWriter pack = repository.newPack()) {
      for (int length : new int[] {0, 65_537}) {
        ByteBuffer content = ByteBuffer.allocate(length);
        assertThatThrownBy(() -> pack.append(Hash.of(content), content))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  /**
   * A sparse pack, made by the document: one frame 6 GiB into the file, its slot not its position
   * in the footer.
   */
  @Test
  void aPackLargerThanFourGibAndWithDeadSlotsIsRead() throws IOException {
    PackId id = PackId.random();
    ByteBuffer content = content(3);
    long offset = 6L << 30;
    PackFormat.Entry entry =
        new PackFormat.Entry(70_000, content.limit(), content.limit(), 0, offset, Hash.of(content));
    ByteBuffer frame =
        ByteBuffer.allocate(64 + content.limit()).put(64, content, 0, content.limit());
    PackFormat.frameHeader(frame, entry);
    ByteBuffer footer = ByteBuffer.allocate(56);
    entry.encode(footer);
    Path file = dir.resolve(Layout.pack(id));
    Files.createDirectory(file.getParent());
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      long end = offset + frame.limit();
      Durable.writeFully(channel, PackFormat.header(id), 0);
      Durable.writeFully(channel, frame, offset);
      Durable.writeFully(channel, PackFormat.trailer(id, end, footer.flip()), end + 56);
      Durable.writeFully(channel, footer, end);
    }

    ByteBuffer into = ByteBuffer.allocate(content.limit());
    repository.reader().readExactly(new Ref(Hash.of(content), id, 70_000), into);
    assertThat(into.flip()).isEqualTo(content);
    assertThatThrownBy(
            () -> repository.reader().read(new Ref(Hash.of(content), id, 0), into.clear()))
        .isInstanceOf(DamagedDataException.class)
        .hasMessageContaining("no such slot");
  }

  private interface Work {
    void run(int i) throws Exception;
  }

  private static void runAll(ExecutorService threads, int count, Work work)
      throws InterruptedException, ExecutionException {
    List<Callable<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      all.add(() -> {
        work.run(number);
        return true;
      });
    }
    for (var done : threads.invokeAll(all)) {
      assertThat(done.get()).isTrue();
    }
  }

  private static Ref append(PackWriter pack, int i) {
    ByteBuffer content = content(i);
    return pack.append(Hash.of(content), content);
  }

  private static ByteBuffer content(int i) {
    ByteBuffer content = ByteBuffer.allocate(length(i));
    while (content.remaining() >= 4) {
      content.putInt(i * 31 + content.position() / 100);
    }
    return content.clear();
  }

  private static int length(int i) {
    return 100 + (i * 1231) % 65_000;
  }

  private static long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
