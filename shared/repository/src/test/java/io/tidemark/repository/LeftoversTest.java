package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What killed writers leave is cleaned up, what live ones write is not. */
final class LeftoversTest {

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

  /** Another process that writes a pack until it is killed. */
  static final class Writer {

    private Writer() {}

    public static void main(String[] args) throws IOException {
      try (Repository repository = Repository.open(Path.of(args[0]));
          PackWriter pack = repository.newPack()) {
        ByteBuffer content = ByteBuffer.allocate(65_536);
        pack.append(Hash.of(content), content);
        System.out.println("writing");
        System.in.read();
      }
    }
  }

  @Test
  void theFileOfAKilledWriterIsReclaimedThatOfALiveOneNot() throws Exception {
    Process writer = startWriter();
    try {
      assertThat(repository.reclaimLeftovers()).isZero();
      assertThat(temporaryFiles()).isEqualTo(1);
    } finally {
      writer.destroyForcibly().waitFor();
    }

    assertThat(temporaryFiles()).isEqualTo(1);
    assertThat(repository.reclaimLeftovers()).isEqualTo(1);
    assertThat(temporaryFiles()).isZero();
    assertThat(dir.resolve("packs")).isEmptyDirectory();
  }

  @Test
  void theWriterOfAnotherRepositoryObjectInThisProcessIsLeftAlone() throws IOException {
    try (Repository other = Repository.open(dir);
        PackWriter pack = other.newPack()) {
      ByteBuffer content = ByteBuffer.allocate(10);
      Ref ref = pack.append(Hash.of(content), content);

      assertThat(repository.reclaimLeftovers()).isZero();
      assertThat(repository.reclaimLeftovers()).isZero();

      assertThat(temporaryFiles()).isEqualTo(1);
      pack.finish();
      assertThat(repository.reader().check(ref)).isEqualTo(10);
    }
  }

  @Test
  void twoThatCleanUpAtTheSameTimeDoNotDisturbEachOther() throws Exception {
    try (Repository other = Repository.open(dir);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 20; i++) {
          Files.writeString(dir.resolve("tmp/" + i + ".1-1.tmp"), "left");
        }
        CyclicBarrier together = new CyclicBarrier(2);
        Future<Integer> one = threads.submit(() -> reclaimAfter(together, repository));
        Future<Integer> two = threads.submit(() -> reclaimAfter(together, other));

        // Each leaves to the other what that is about to delete.
        assertThat(one.get() + two.get()).isEqualTo(20);
        assertThat(temporaryFiles()).isZero();
      }
    }
  }

  private static int reclaimAfter(CyclicBarrier together, Repository repository) throws Exception {
    together.await();
    return repository.reclaimLeftovers();
  }

  @Test
  void packsPointsAndForeignFilesAreNeverReclaimed() throws IOException {
    Fixture.publish(repository, "p1", new byte[] {1, 2, 3}, Optional.empty());
    Files.writeString(dir.resolve("tmp/note"), "not ours");

    assertThat(repository.reclaimLeftovers()).isZero();

    assertThat(dir.resolve("tmp/note")).exists();
    assertThat(Fixture.read(repository, repository.manifest("p1").disks().getFirst()))
        .containsExactly(1, 2, 3);
  }

  @Test
  void anInterruptedCreationIsCompleted() throws IOException {
    Path half = Files.createDirectory(dir.resolve("half"));
    Files.createDirectory(half.resolve("packs"));
    Files.createDirectory(half.resolve("tmp"));
    Files.writeString(half.resolve("tmp/tidemark-repository.json.1-1.tmp"), "{");

    try (Repository completed = Repository.openOrCreate(half)) {
      assertThat(completed.pointIds()).isEmpty();
      assertThat(completed.reclaimLeftovers()).isEqualTo(1);
    }
  }

  private Process startWriter() throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(
                java.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "--enable-native-access=ALL-UNNAMED",
                Writer.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(output.readLine()).isEqualTo("writing");
    return process;
  }

  private long temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("tmp"))) {
      return files.count();
    }
  }
}
