package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** What a repository has promised: which points are there, and what they hold. */
final class Promises {
  private final Map<String, byte[]> contents = new HashMap<>();
  private final Set<String> sealed = new HashSet<>();
  private final Set<String> undecided = new HashSet<>();
  private boolean made;

  void made() {
    made = true;
  }

  void begins(String point, byte[] content) {
    contents.put(point, content.clone());
    undecided.add(point);
  }

  void isSealed(String point) {
    undecided.remove(point);
    sealed.add(point);
  }

  void isBeingForgotten(String point) {
    sealed.remove(point);
    undecided.add(point);
  }

  void isForgotten(String point) {
    undecided.remove(point);
  }

  /** Opens what is found there, looks at everything, uses it, and throws away what nobody needs. */
  void check(Path home, long seed) throws IOException {
    try (Repository repository = made ? Repository.open(home) : Repository.openOrCreate(home)) {
      checkPoints(repository);
      repository.reclaimLeftovers();
      try (Stream<Path> left = Files.list(home.resolve("tmp"))) {
        assertThat(left).as("leftovers").isEmpty();
      }
      backUpAgain(repository, new Random(seed));
      throwAway(repository);
      checkPoints(repository);
    }
  }

  private void checkPoints(Repository repository) {
    List<String> found = repository.pointIds();
    assertThat(found).as("sealed points").containsAll(sealed);
    for (String point : found) {
      assertThat(sealed.contains(point) || undecided.contains(point))
          .as("a point that nobody expects: %s", point)
          .isTrue();
      assertThat(Fixture.read(repository, repository.manifest(point).disk("vda").orElseThrow()))
          .as("content of %s", point)
          .isEqualTo(contents.get(point));
    }
    VerifyReport report =
        Verifier.verify(repository, found, VerifyPlan.full(), VerifyListener.NONE);
    assertThat(report.damaged()).isEmpty();
  }

  private void backUpAgain(Repository repository, Random random) {
    Optional<String> parent = repository.pointIds().stream().findFirst();
    byte[] content =
        parent.map(id -> contents.get(id).clone()).orElseGet(() -> new byte[3 * 65_536]);
    random.nextBytes(content);
    begins("again", content);
    Fixture.publish(repository, "again", content, parent.map(repository::manifest));
    isSealed("again");
  }

  /** No backup runs: what no point needs is garbage. */
  private static void throwAway(Repository repository) {
    GarbageCollector collector = new GarbageCollector(repository);
    LiveSlots live = collector.mark();
    for (PackId pack : collector.packs().keySet()) {
      if (!live.needs(pack)) {
        collector.delete(pack);
      } else if (collector.use(pack, live).deadBytes() > 0) {
        collector.compact(pack, live);
      }
    }
    assertThat(collector.packs().keySet()).isEqualTo(live.packs());
  }
}
