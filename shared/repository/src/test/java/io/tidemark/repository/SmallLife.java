package io.tidemark.repository;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** All that can happen to a repository, once, and what it has promised on the way. */
final class SmallLife {
  private static final int BLOCK = 65_536;

  private final Path home;
  private final Random random;
  private final Promises promises = new Promises();

  SmallLife(Path home, Random random) {
    this.home = home;
    this.random = random;
  }

  Promises promises() {
    return promises;
  }

  void live() {
    try (Repository repository = Repository.openOrCreate(home)) {
      promises.made();
      byte[] content = new byte[5 * BLOCK + 100];
      scribble(content, 0, 4);
      Manifest first = seal(repository, "first", content, Optional.empty());
      scribble(content, 1, 2);
      Arrays.fill(content, 3 * BLOCK, 4 * BLOCK, (byte) 0);
      Manifest second = seal(repository, "second", content, Optional.of(first));
      // As after a crash between the manifest and the event: sealing twice changes nothing.
      repository.publish(second);
      forget(repository, "first");
      collectGarbage(repository);
      // Larger than one piece: the pack is written while it is filled.
      byte[] large = new byte[20 * BLOCK];
      scribble(large, 0, 20);
      seal(repository, "large", large, Optional.empty());
      scribble(content, 5, 6);
      Fixture.backUp(repository, "abandoned", content, Optional.of(second));
      forget(repository, "large");
      collectGarbage(repository);
    }
  }

  private Manifest seal(
      Repository repository, String point, byte[] content, Optional<Manifest> parent) {
    promises.begins(point, content);
    Manifest manifest = Fixture.publish(repository, point, content, parent);
    promises.isSealed(point);
    return manifest;
  }

  private void forget(Repository repository, String point) {
    promises.isBeingForgotten(point);
    repository.forget(point);
    promises.isForgotten(point);
  }

  /** Nothing runs beside it. */
  private static void collectGarbage(Repository repository) {
    GarbageCollector collector = new GarbageCollector(repository);
    LiveSlots live = collector.mark();
    for (PackId pack : collector.packs().keySet()) {
      if (!live.needs(pack)) {
        collector.delete(pack);
      } else if (collector.use(pack, live).deadBytes() > 0) {
        collector.compact(pack, live);
      }
    }
  }

  private void scribble(byte[] content, int fromBlock, int toBlock) {
    byte[] noise = new byte[Math.min(content.length, toBlock * BLOCK) - fromBlock * BLOCK];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, content, fromBlock * BLOCK, noise.length);
  }
}
