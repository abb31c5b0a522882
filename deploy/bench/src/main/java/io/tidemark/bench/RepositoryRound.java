package io.tidemark.bench;

import io.tidemark.repository.GarbageCollector;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.LiveSlots;
import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackUse;
import io.tidemark.repository.ProgressListener;
import io.tidemark.repository.RawRestore;
import io.tidemark.repository.Repository;
import io.tidemark.repository.Verifier;
import io.tidemark.repository.VerifyListener;
import io.tidemark.repository.VerifyPlan;
import io.tidemark.repository.VerifyReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * All that happens to a repository, once, from the first backup to the collection of garbage. The
 * same blocks in every round.
 */
final class RepositoryRound {
  private static final int POINTS = 100;
  private static final int READS = 4000;
  private static final double CHANGED = 0.01;

  private final Folder folder;
  private final Path raw;
  private final long sizeBytes;
  private final List<Measure> measures = new ArrayList<>();

  /**
   * @param folder is emptied
   * @param raw the disk to back up
   */
  RepositoryRound(Folder folder, Path raw, long sizeBytes) {
    this.folder = folder;
    this.raw = raw;
    this.sizeBytes = sizeBytes;
  }

  List<Measure> run() {
    folder.fresh();
    Path home = folder.file("repository");
    List<String> points;
    try (Repository repository = Repository.create(home)) {
      points = backUp(repository);
    }
    for (String point : List.of(points.getFirst(), points.getLast())) {
      try (Repository repository = Repository.open(home)) {
        readRandomly(repository, repository.manifest(point));
      }
    }
    try (Repository repository = Repository.open(home)) {
      verify(repository, "verify quickly, 1 point", points.subList(POINTS - 1, POINTS), false);
      verify(repository, "verify quickly, 100 points", points, false);
      verify(repository, "verify all, 1 point", points.subList(POINTS - 1, POINTS), true);
      verify(repository, "verify all, 100 points", points, true);
      restore(repository, repository.manifest(points.getLast()));
      collectGarbage(repository, points);
    }
    folder.remove();
    return List.copyOf(measures);
  }

  private List<String> backUp(Repository repository) {
    List<String> points = new ArrayList<>();
    Stopwatch ofFull = new Stopwatch();
    Stopwatch ofIncrementals = new Stopwatch();
    long changedBytes = 0;
    try (ExecutorService threads =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        FileChannel disk = FileChannel.open(raw)) {
      Ingest ingest = new Ingest(repository, threads, sizeBytes);
      Manifest point = ofFull.time(() -> ingest.full("point-0", disk));
      points.add(point.id());
      for (int i = 1; i < POINTS; i++) {
        String id = "point-" + i;
        Manifest parent = point;
        SortedMap<Long, ByteBuffer> blocks = changes(i);
        changedBytes += (long) blocks.size() * Geometry.BLOCK_BYTES;
        point = ofIncrementals.time(() -> ingest.incremental(id, parent, blocks));
        points.add(id);
      }
    } catch (IOException e) {
      throw new BenchFailure(raw + " can't be read", e);
    }
    measures.add(ofFull.measure("ingest", sizeBytes));
    measures.add(ofIncrementals.measure("99 incrementals of 1 %", changedBytes));
    return points;
  }

  /** Other lines in 1 % of the blocks, anywhere. */
  private SortedMap<Long, ByteBuffer> changes(int point) {
    SplittableRandom random = new SplittableRandom(point);
    LogText text = new LogText(point);
    SortedMap<Long, ByteBuffer> blocks = new TreeMap<>();
    long count = Math.max(1, Math.round(Geometry.blocks(sizeBytes) * CHANGED));
    while (blocks.size() < count) {
      byte[] block = new byte[Geometry.BLOCK_BYTES];
      text.fill(block);
      blocks.put(random.nextLong(Geometry.blocks(sizeBytes)), ByteBuffer.wrap(block));
    }
    return blocks;
  }

  private void readRandomly(Repository repository, Manifest point) {
    ManifestDisk disk = point.disks().getFirst();
    SplittableRandom random = new SplittableRandom(7);
    ByteBuffer block = ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES);
    Stopwatch watch = new Stopwatch();
    watch.time(() -> {
      for (int i = 0; i < READS; i++) {
        long index = random.nextLong(Geometry.blocks(sizeBytes));
        repository
            .reader()
            .read(
                repository
                    .tree()
                    .leaf(disk.root(), sizeBytes, index / Geometry.FANOUT)
                    .get((int) (index % Geometry.FANOUT)),
                block.clear());
      }
      return block;
    });
    String which = point.parent().isPresent() ? "the last of 100 points" : "the full";
    measures.add(
        watch.measure(READS + " random reads of " + which, (long) READS * Geometry.BLOCK_BYTES));
  }

  private void verify(Repository repository, String name, List<String> points, boolean all) {
    Stopwatch watch = new Stopwatch();
    VerifyPlan plan = all ? VerifyPlan.full() : VerifyPlan.quick();
    VerifyReport report =
        watch.time(() -> Verifier.verify(repository, points, plan, VerifyListener.NONE));
    if (!report.ok()) {
      throw new BenchFailure("the repository is damaged: " + report.damaged());
    }
    measures.add(watch.measure(name, report.checkedBytes()));
  }

  private void restore(Repository repository, Manifest point) {
    Stopwatch watch = new Stopwatch();
    Path file = folder.file("restored.raw");
    watch.time(
        () -> RawRestore.restore(repository, point, "vda", file, true, ProgressListener.NONE));
    measures.add(watch.measure("restore to a file", sizeBytes));
  }

  /** Of all points but the last. */
  private void collectGarbage(Repository repository, List<String> points) {
    GarbageCollector collector = new GarbageCollector(repository);
    Stopwatch ofMark = new Stopwatch();
    ofMark.time(collector::mark);
    measures.add(ofMark.measure("garbage: mark, 100 points", sizeBytes * POINTS));

    points.subList(0, POINTS - 1).forEach(repository::forget);
    LiveSlots live = collector.mark();
    Stopwatch ofRewrite = new Stopwatch();
    long bytes = ofRewrite.time(() -> rewrite(collector, live));
    measures.add(ofRewrite.measure("garbage: rewrite", bytes));
  }

  /** Returns how many bytes of packs were looked through for what is needed of them. */
  private static long rewrite(GarbageCollector collector, LiveSlots live) {
    long bytes = 0;
    for (PackId pack : collector.packs().keySet()) {
      if (!live.needs(pack)) {
        collector.delete(pack);
        continue;
      }
      PackUse use = collector.use(pack, live);
      if (use.deadBytes() >= use.neededBytes()) {
        bytes += use.deadBytes() + use.neededBytes();
        collector.compact(pack, live);
      }
    }
    return bytes;
  }
}
