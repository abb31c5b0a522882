package io.tidemark.extractor;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardRestored;
import io.tidemark.nbd.NbdClient;
import io.tidemark.repository.PackWriter;
import io.tidemark.repository.Ref;
import io.tidemark.repository.Repository;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Everything that a shard needs, for real: a repository in a temporary directory, worker pools, an
 * event loop. Small shards, so that small disks have several.
 */
final class Bench implements AutoCloseable {
  static final String BACKUP = "3f2a91c4-77e1-4a0e-9a55-0d2f6f3c9b70";
  static final long SHARD_BYTES = 32L << 20;

  private final Vertx vertx = Vertx.vertx();
  private final Path directory;
  private final Workbench workbench;

  Bench(Path directory) {
    this(directory, UnaryOperator.identity(), new SimpleMeterRegistry());
  }

  Bench(Path directory, UnaryOperator<ExtractorConfig> tune, MeterRegistry meters) {
    this.directory = directory;
    ExtractorConfig config =
        tune.apply(
            ExtractorConfig.defaults(directory, "worker-1")
                .with(ShardConfig.defaults().withBytes(SHARD_BYTES, SHARD_BYTES))
                .withRetryPause(Duration.ofMillis(50)));
    workbench =
        new Workbench(
            vertx,
            config,
            Repository.openOrCreate(directory),
            new NbdClient(vertx),
            vertx.createSharedWorkerExecutor("cpu", 2),
            vertx.createSharedWorkerExecutor("disk", 2),
            new RateLimits(
                vertx, config.rates(), new Colleagues(config.worker(), System::nanoTime)),
            new ExtractorMeters(meters));
  }

  Workbench workbench() {
    return workbench;
  }

  Vertx vertx() {
    return vertx;
  }

  /** Runs something on an event loop and waits for its result; throws what it fails with. */
  <T> T await(Supplier<Future<T>> work) {
    return await(onEventLoop(work));
  }

  /** Begins something on an event loop. */
  <T> Future<T> onEventLoop(Supplier<Future<T>> work) {
    Promise<T> result = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> work.get().onComplete(result));
    return result.future();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("waited 60 s in vain", e);
    }
  }

  SurveyedDisk survey(BackupDisk disk) {
    return await(() -> new DiskSurvey(workbench, BACKUP, disk).run());
  }

  /** Does all shards of a survey, in order. */
  List<ShardExtracted> extract(SurveyedDisk surveyed) {
    List<ShardExtracted> results = new ArrayList<>();
    for (BackupShardPlanned shard : shards(surveyed)) {
      results.add(await(() -> new BackupShard(workbench, shard, never(), () -> {}).run()));
    }
    return results;
  }

  static List<BackupShardPlanned> shards(SurveyedDisk surveyed) {
    List<BackupShardPlanned> shards = new ArrayList<>();
    for (ByteRange range : surveyed.shards()) {
      shards.add(
          new BackupShardPlanned(
              BACKUP, shards.size(), range.offset(), range.lengthBytes(), surveyed.disk()));
    }
    return shards;
  }

  /** Makes the disk's new tree from the results, as the catalog does. */
  ParentDisk seal(BackupDisk disk, List<ShardExtracted> results) {
    SortedMap<Long, Ref> leaves = new TreeMap<>();
    results.forEach(r -> r.leaves().forEach((leaf, ref) -> leaves.put(leaf, Ref.parse(ref))));
    try (PackWriter pack = workbench.repository().newPack()) {
      Ref root =
          workbench
              .repository()
              .tree()
              .replaceLeaves(
                  disk.parent().map(p -> Ref.parse(p.root())).orElse(Ref.NIL),
                  disk.parent().map(ParentDisk::sizeBytes).orElse(0L),
                  disk.sizeBytes(),
                  leaves,
                  pack);
      pack.finish();
      return new ParentDisk(disk.target(), disk.sizeBytes(), root.toText(), true);
    }
  }

  /** Survey, shards and seal in one. */
  ParentDisk backUp(BackupDisk disk) {
    SurveyedDisk surveyed = survey(disk);
    return seal(surveyed.disk(), extract(surveyed));
  }

  /** Restores a sealed disk through a writable export of {@code file}. */
  List<ShardRestored> restore(ParentDisk disk, Path file, boolean zeroed) {
    Path socket = file.resolveSibling("restore.sock");
    try (Processes.Server server =
        Processes.serve(
            socket,
            "qemu-nbd",
            "-t",
            "-f",
            "raw",
            "--discard=unmap",
            "-k",
            socket.toString(),
            file.toString())) {
      RestoreTarget target =
          new RestoreTarget(
              new RestoreDisk(disk.target(), disk.sizeBytes(), disk.root(), file.toString()),
              server.uri(),
              zeroed);
      List<ShardRestored> results = new ArrayList<>();
      for (ByteRange range : ShardCutter.evenly(disk.sizeBytes(), SHARD_BYTES)) {
        RestoreShardPlanned shard =
            new RestoreShardPlanned(
                "restore", results.size(), range.offset(), range.lengthBytes(), target);
        results.add(await(() -> new RestoreShard(workbench, shard, never(), () -> {}).run()));
      }
      return results;
    }
  }

  List<Path> packs() {
    return files("packs");
  }

  List<Path> temporaryFiles() {
    return files("tmp");
  }

  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Future<Void> never() {
    return Promise.<Void>promise().future();
  }

  private List<Path> files(String name) {
    Path under = directory.resolve(name);
    if (!Files.isDirectory(under)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(under)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    await(workbench.close());
    await(vertx.close());
  }
}
