package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.repository.powercut.Faults;
import io.tidemark.repository.powercut.SimFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The power fails at every single write, force, rename, link and deletion of a repository's life,
 * and what was not forced to the disk is lost, kept or torn. {@code -Dtidemark.powercut.seeds} and
 * {@code -Dtidemark.seed} choose how often and how.
 */
class PowerCutTest {
  private static final int SEEDS = Integer.getInteger("tidemark.powercut.seeds", 6);
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());

  /** Below directories that the repository has to make itself. */
  private static final String HOME = "/srv/backups/repository";

  private static final List<Double> CHANCES = List.of(0.0, 0.5, 1.0, 0.9);

  @Test
  void whatWasPromisedSurvivesAPowerCutAtAnyPoint() throws Exception {
    System.out.println("seed " + SEED);
    int calls = callsOfALife();
    System.out.println(calls + " calls in a repository's life");
    assertThat(calls).isGreaterThan(80);
    for (int call = 1; call <= calls; call++) {
      for (int i = 0; i < SEEDS; i++) {
        long seed = SEED + i;
        try {
          cutAt(call, seed, CHANCES.get(i % CHANCES.size()));
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", call " + call + ": " + e.getMessage(), e);
        }
      }
    }
  }

  @Test
  void aRepositoryOfAMakerThatDiedIsMadeDurableByWhoFindsItThere() throws IOException {
    SimFileSystem system = new SimFileSystem();
    Path home = system.getPath(HOME);
    system.breakWith(new DyingMaker());
    assertThatThrownBy(() -> Repository.create(home)).isInstanceOf(StorageException.class);
    system.breakWith(Faults.NONE);

    try (Repository repository = Repository.openOrCreate(home)) {
      Fixture.publish(repository, "p", new byte[] {1, 2, 3}, Optional.empty());
    }

    assertHasPoint(system.afterPowerCut(new Random(SEED), 0).getPath(HOME));
  }

  @Test
  void aRepositoryOfAMakerThatDiedIsMadeDurableByTheOtherMaker() throws IOException {
    SimFileSystem system = new SimFileSystem();
    Path home = system.getPath(HOME);
    system.breakWith(
        new Faults() {
          @Override
          public void before(Call call) {
            if (call == Call.LINK) {
              // The other one is a little faster, and dies.
              system.breakWith(new DyingMaker());
              assertThatThrownBy(() -> Repository.create(home))
                  .isInstanceOf(StorageException.class);
              system.breakWith(Faults.NONE);
            }
          }
        });

    try (Repository repository = Repository.openOrCreate(home)) {
      Fixture.publish(repository, "p", new byte[] {1, 2, 3}, Optional.empty());
    }

    assertHasPoint(system.afterPowerCut(new Random(SEED), 0).getPath(HOME));
  }

  private static void assertHasPoint(Path home) {
    try (Repository repository = Repository.open(home)) {
      assertThat(repository.pointIds()).containsExactly("p");
    }
  }

  @Test
  void theTestNoticesADiskThatForcesNothing() throws Exception {
    SimFileSystem system = new SimFileSystem();
    system.breakWith(
        new Faults() {
          @Override
          public void before(Call call) {}

          @Override
          public boolean liesAboutForcing() {
            return true;
          }
        });
    SmallLife life = new SmallLife(system.getPath(HOME), new Random(SEED));
    life.live();

    for (double chance : List.of(0.0, 0.5)) {
      Path home = system.afterPowerCut(new Random(SEED), chance).getPath(HOME);
      assertThatThrownBy(() -> life.promises().check(home, SEED)).isInstanceOf(Throwable.class);
    }
  }

  private static void cutAt(int call, long seed, double chance) throws IOException {
    Random random = new Random(seed);
    SimFileSystem system = new SimFileSystem();
    system.breakWith(new CutAt(call));
    SmallLife life = new SmallLife(system.getPath(HOME), new Random(seed));
    assertThatThrownBy(life::live).isInstanceOf(Throwable.class);
    assertThat(system.isOff()).as("the power has failed").isTrue();

    SimFileSystem later = system.afterPowerCut(random, chance);
    Path home = later.getPath(HOME);
    ofAnotherProcess(home.resolve("tmp"));
    life.promises().check(home, seed);
  }

  private static int callsOfALife() throws IOException {
    SimFileSystem system = new SimFileSystem();
    CutAt counter = new CutAt(Integer.MAX_VALUE);
    system.breakWith(counter);
    new SmallLife(system.getPath(HOME), new Random(SEED)).live();
    return counter.calls;
  }

  /** The process that comes after the power cut does not take them for its own. */
  static void ofAnotherProcess(Path tmp) throws IOException {
    if (!Files.isDirectory(tmp)) {
      return;
    }
    try (Stream<Path> files = Files.list(tmp)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Files.move(file, tmp.resolve(name.replaceAll("\\.\\d+-\\d+\\.tmp$", ".1-1.tmp")));
      }
    }
  }

  /** Links the header, and is gone before it has forced the directory. */
  private static final class DyingMaker implements Faults {
    private boolean linked;

    @Override
    public void before(Call call) throws IOException {
      if (linked && call == Call.FORCE) {
        throw new IOException("gone");
      }
      linked |= call == Call.LINK;
    }
  }

  /** Cuts the power at one call of those that change something. */
  private static final class CutAt implements Faults {
    private final int cut;
    private int calls;

    CutAt(int cut) {
      this.cut = cut;
    }

    @Override
    public void before(Call call) {}

    @Override
    public boolean cutsPowerAt(Call call) {
      calls += call.changes() ? 1 : 0;
      return call.changes() && calls == cut;
    }
  }
}
