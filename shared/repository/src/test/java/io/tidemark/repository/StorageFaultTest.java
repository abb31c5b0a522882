package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every single call to the file system fails, once or from then on; or reads and writes move less
 * than they are asked to. {@code -Dtidemark.seed} chooses the content.
 */
class StorageFaultTest {
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
  private static final Path REPOSITORY = Path.of("/repository");

  /** What fails, and for how long. */
  enum Failure {
    FULL_ONCE(true, "No space left on device"),
    FULL_FROM_THEN_ON(false, "No space left on device"),
    BROKEN_ONCE(true, "Input/output error"),
    BROKEN_FROM_THEN_ON(false, "Input/output error");

    private static final Set<Faults.Call> TAKE_SPACE =
        Set.of(
            Faults.Call.CREATE,
            Faults.Call.WRITE,
            Faults.Call.FORCE,
            Faults.Call.MAKE_DIRECTORY,
            Faults.Call.RENAME,
            Faults.Call.LINK);

    private final boolean once;
    private final String message;

    Failure(boolean once, String message) {
      this.once = once;
      this.message = message;
    }

    boolean isFull() {
      return message.startsWith("No space");
    }

    boolean hits(Faults.Call call) {
      return !isFull() || TAKE_SPACE.contains(call);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatFailsCostsTheStepAtMost(Failure failure) throws IOException {
    System.out.println("seed " + SEED);
    int calls = life(failure, Integer.MAX_VALUE).calls;
    assertThat(calls).isGreaterThan(70);
    int failed = 0;
    for (int call = 1; call <= calls; call++) {
      try {
        failed += life(failure, call).failed ? 1 : 0;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + SEED + ", call " + call + ": " + e.getMessage(), e);
      }
    }
    assertThat(failed).isGreaterThan(calls / 2);
  }

  @Test
  void readsAndWritesThatMoveLessAreContinued() throws IOException {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    SimFileSystem system = new SimFileSystem();
    system.breakWith(
        new Faults() {
          @Override
          public void before(Call call) {}

          @Override
          public int moved(int bytes) {
            return 1 + random.nextInt(bytes);
          }
        });
    Path home = system.getPath(REPOSITORY.toString());
    SmallLife life = new SmallLife(home, new Random(SEED));

    life.live();

    life.promises().check(home, SEED);
  }

  @Test
  void aPointIsNotReplacedWhenItCannotBeKnownWhetherItIsThere() {
    SimFileSystem system = new SimFileSystem();
    Path home = system.getPath(REPOSITORY.toString());
    try (Repository repository = Repository.create(home)) {
      Manifest first = Fixture.publish(repository, "p", new byte[] {1, 2, 3}, Optional.empty());
      Manifest other = Fixture.backUp(repository, "p", new byte[] {4, 5}, Optional.empty());
      system.breakWith(new Blinding());

      assertThatThrownBy(() -> repository.publish(other)).isInstanceOf(RepositoryException.class);

      system.breakWith(Faults.NONE);
      assertThat(repository.manifest("p")).isEqualTo(first);
    }
  }

  private static FailingAt life(Failure failure, int at) throws IOException {
    SimFileSystem system = new SimFileSystem();
    FailingAt faults = new FailingAt(failure, at);
    system.breakWith(faults);
    Path home = system.getPath(REPOSITORY.toString());
    SmallLife life = new SmallLife(home, new Random(SEED));
    try {
      life.live();
    } catch (RepositoryException e) {
      faults.failed = true;
      if (failure.isFull()) {
        assertThat(e).isInstanceOf(StorageFullException.class);
      } else {
        assertThat(e).hasMessageContaining("/repository");
      }
    }
    system.breakWith(Faults.NONE);
    PowerCutTest.ofAnotherProcess(home.resolve("tmp"));
    life.promises().check(home, SEED);
    return faults;
  }

  /** There are no hard links, and once one was tried, no look at a file succeeds. */
  private static final class Blinding implements Faults {
    private boolean blind;

    @Override
    public void before(Call call) throws IOException {
      blind |= call == Call.LINK;
      if (call == Call.LINK || (blind && call == Call.STAT)) {
        throw new IOException("Input/output error");
      }
    }
  }

  /** Fails at one call, or from it on. */
  private static final class FailingAt implements Faults {
    private final Failure failure;
    private final int at;
    private int calls;
    private boolean failed;

    FailingAt(Failure failure, int at) {
      this.failure = failure;
      this.at = at;
    }

    @Override
    public void before(Call call) throws IOException {
      if (failure.hits(call)) {
        calls++;
        if (calls == at || (calls > at && !failure.once)) {
          throw new IOException(failure.message);
        }
      }
    }
  }
}
