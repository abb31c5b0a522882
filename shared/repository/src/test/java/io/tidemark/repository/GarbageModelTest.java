package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backups, forgetting, garbage collection and crashes in any order, against a model in memory.
 * {@code -Dtidemark.gc.histories} and {@code -Dtidemark.seed} choose how many and which.
 */
class GarbageModelTest {
  private static final int HISTORIES = Integer.getInteger("tidemark.gc.histories", 200);
  private static final int STEPS = 40;
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());

  @TempDir private Path directory;

  @Test
  void whateverHappensInWhateverOrderNoPointLosesAByteAndNoGarbageStays() throws Exception {
    System.out.println("seed " + SEED);
    for (int i = 0; i < HISTORIES; i++) {
      long seed = SEED + i;
      Path home = directory.resolve("h" + i);
      try (Repository repository = Repository.openOrCreate(home)) {
        History history = new History(repository, new Random(seed));
        for (int step = 0; step < STEPS; step++) {
          history.step();
        }
        history.end();
        assertThat(history.problem()).as("seed %d", seed).isEmpty();
      }
      Fixture.deleteAll(home);
    }
  }

  @Test
  void theModelNoticesACollectorThatIgnoresRunningBackups() throws Exception {
    boolean noticed = false;
    // About one history in twenty meets the mistake.
    for (int i = 0; i < 2000 && !noticed; i++) {
      try (Repository repository = Repository.openOrCreate(directory.resolve("bad" + i))) {
        History history = new History(repository, new Random(SEED + i));
        history.ignoreRunningBackups();
        try {
          for (int step = 0; step < STEPS; step++) {
            history.step();
          }
          history.end();
        } catch (RepositoryException e) {
          history.note(e.getMessage());
        }
        noticed = !history.problem().isEmpty();
      }
    }
    assertThat(noticed).as("seed %d", SEED).isTrue();
  }

  /** One random life of a repository. */
  private static final class History {
    private static final int BLOCKS = 6;

    private final Repository repository;
    private final Random random;
    private final Map<String, byte[]> points = new TreeMap<>();
    private final Map<String, Running> running = new TreeMap<>();
    private final Set<PackId> sealed = new HashSet<>();
    private final Map<PackId, Set<String>> suspects = new HashMap<>();
    private Optional<Collection> collection = Optional.empty();
    private boolean careless;
    private String problem = "";
    private int names;

    History(Repository repository, Random random) {
      this.repository = repository;
      this.random = random;
    }

    /** A backup between its beginning and its end. */
    private static final class Running {
      private final Optional<String> parent;
      private final byte[] content;
      private final Optional<Manifest> written;

      Running(Optional<String> parent, byte[] content, Optional<Manifest> written) {
        this.parent = parent;
        this.content = content;
        this.written = written;
      }
    }

    void ignoreRunningBackups() {
      careless = true;
    }

    /** What went wrong; empty if nothing did. */
    String problem() {
      return problem;
    }

    void step() {
      switch (random.nextInt(9)) {
        case 0, 1 -> begin();
        case 2, 3 -> write();
        case 4 -> seal();
        case 5 -> fail();
        case 6 -> forget();
        case 7 -> collect();
        default -> {
          if (random.nextInt(4) == 0) {
            // The collector is killed; the next one begins anew.
            collection = Optional.empty();
          } else {
            collect();
          }
        }
      }
      points.keySet().stream()
          .skip(points.isEmpty() ? 0 : random.nextInt(points.size()))
          .findFirst()
          .ifPresent(this::check);
    }

    /** All backups end, garbage is collected twice, and everything is looked at. */
    void end() throws Exception {
      while (!running.isEmpty()) {
        fail();
      }
      for (int i = 0; i < 2; i++) {
        collection = Optional.empty();
        do {
          collect();
        } while (collection.isPresent());
      }
      points.keySet().forEach(this::check);
      VerifyReport report =
          Verifier.verify(repository, points.keySet(), VerifyPlan.full(), VerifyListener.NONE);
      if (!report.ok()) {
        note("verify found " + report.damaged());
      }
      Set<PackId> there = new GarbageCollector(repository).packs().keySet();
      Set<PackId> needed = new GarbageCollector(repository).mark().packs();
      if (!there.equals(needed)) {
        note("packs " + there + " are left where " + needed + " are needed");
      }
      for (PackId pack : there) {
        if (new GarbageCollector(repository)
                .use(pack, new GarbageCollector(repository).mark())
                .deadBytes()
            > 0) {
          note("pack " + pack + " still has dead slots");
        }
      }
      try (Stream<Path> tmp = Files.list(repository.directory().resolve("tmp"))) {
        assertThat(tmp).isEmpty();
      }
    }

    private void begin() {
      List<String> parents = new ArrayList<>(points.keySet());
      Optional<String> parent =
          parents.isEmpty() || random.nextInt(4) == 0
              ? Optional.empty()
              : Optional.of(parents.get(random.nextInt(parents.size())));
      byte[] content =
          parent.map(id -> points.get(id).clone()).orElseGet(() -> new byte[BLOCKS * 65_536 + 100]);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int block = random.nextInt(BLOCKS);
        byte[] noise = new byte[random.nextInt(3) == 0 ? 0 : 4096];
        random.nextBytes(noise);
        Arrays.fill(content, block * 65_536, (block + 1) * 65_536, (byte) 0);
        System.arraycopy(noise, 0, content, block * 65_536, noise.length);
      }
      running.put("p" + names++, new Running(parent, content, Optional.empty()));
    }

    private void write() {
      any(running)
          .ifPresent(id -> {
            Running backup = running.get(id);
            Optional<Manifest> parent = backup.parent.map(repository::manifest);
            running.put(
                id,
                new Running(
                    backup.parent,
                    backup.content,
                    Optional.of(Fixture.backUp(repository, id, backup.content, parent))));
          });
    }

    private void seal() {
      running.entrySet().stream()
          .filter(entry -> entry.getValue().written.isPresent())
          .findFirst()
          .ifPresent(entry -> {
            Manifest manifest = entry.getValue().written.orElseThrow();
            try {
              repository.publish(manifest);
            } catch (RepositoryException e) {
              note("a backup can't be sealed: " + e.getMessage());
              running.remove(entry.getKey());
              return;
            }
            sealed.addAll(manifest.packs());
            points.put(entry.getKey(), entry.getValue().content);
            running.remove(entry.getKey());
          });
    }

    private void fail() {
      any(running).ifPresent(running::remove);
    }

    private void forget() {
      if (collection.isPresent()) {
        return;
      }
      any(points)
          .filter(id -> running.values().stream().noneMatch(b -> b.parent.equals(Optional.of(id))))
          .ifPresent(id -> {
            repository.forget(id);
            points.remove(id);
          });
    }

    /** One phase of a collection; others may act before the next. */
    private void collect() {
      if (collection.isEmpty()) {
        collection = Optional.of(new Collection());
        return;
      }
      if (collection.get().advance()) {
        collection = Optional.empty();
      }
    }

    private void check(String id) {
      try {
        byte[] content =
            Fixture.read(repository, repository.manifest(id).disk("vda").orElseThrow());
        if (!Arrays.equals(content, points.get(id))) {
          note("point " + id + " has other content");
        }
      } catch (RepositoryException e) {
        note("point " + id + " can't be read: " + e.getMessage());
      }
    }

    private void note(String what) {
      problem = problem.isEmpty() ? what : problem;
    }

    private Optional<String> any(Map<String, ?> map) {
      return map.isEmpty()
          ? Optional.empty()
          : map.keySet().stream().skip(random.nextInt(map.size())).findFirst();
    }

    /** A collection in the order that {@link GarbagePlan} asks for. */
    private final class Collection {
      private final GarbageCollector collector = new GarbageCollector(repository);
      private final Set<PackId> there = collector.packs().keySet();
      private Set<String> runningThen = Set.of();
      private Set<PackId> sealedThen = Set.of();
      private LiveSlots live = new LiveSlots();
      private final List<PackId> doomed = new ArrayList<>();
      private int phase;

      /** Returns whether it has ended. */
      boolean advance() {
        switch (phase++) {
          case 0 -> {
            runningThen = careless ? Set.of() : Set.copyOf(running.keySet());
            sealedThen = Set.copyOf(sealed);
          }
          case 1 -> mark();
          case 2 -> {
            GarbagePlan plan =
                GarbagePlan.of(there, live, sealedThen, runningThen, Map.copyOf(suspects));
            suspects.clear();
            suspects.putAll(plan.waiting());
            doomed.addAll(plan.deletable());
          }
          case 3 ->
              there.stream().filter(live::needs).forEach(pack -> collector.compact(pack, live));
          default -> {
            if (doomed.isEmpty()) {
              return true;
            }
            collector.delete(doomed.removeLast());
          }
        }
        return false;
      }

      private void mark() {
        try {
          live = collector.mark();
        } catch (RepositoryException e) {
          note("nothing can be marked: " + e.getMessage());
        }
      }
    }
  }
}
