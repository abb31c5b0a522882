package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ShardExtracted;
import io.tidemark.extractor.Processes.Server;
import io.tidemark.nbd.NbdException;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.StorageFullException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backs disks up from qemu-nbd into a repository, and reads them back from there. */
class BackupIT {
  private static final int BLOCK = Geometry.BLOCK_BYTES;
  private static final int MIB = 1 << 20;
  private static final long SIZE = 80L * MIB;

  @TempDir private Path directory;
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(directory.resolve("repository"));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aFullThenAnIncrementalBackupHoldTheDisksBytes() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 1);
    disk.fill(0, 3 * MIB);
    disk.fill(40L * MIB + 4096, 100_000);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());
    assertHolds(full, disk.raw());

    disk.guest("write -P 7 1M 64k", "write -P 8 70M 100k");
    try (Server server = disk.export("b0")) {
      SurveyedDisk surveyed = bench.survey(disk.changed(server, "b0", full));
      List<ShardExtracted> results = bench.extract(surveyed);

      assertThat(surveyed.disk().mode()).isEqualTo(DiskMode.INCREMENTAL);
      assertThat(surveyed.readBytes()).isEqualTo(3 * BLOCK);
      assertThat(results).hasSize(1);
      assertThat(results.getFirst().readBytes()).isEqualTo(3 * BLOCK);
      assertThat(results.getFirst().changedBytes()).isEqualTo(3 * BLOCK);
      assertThat(results.getFirst().leaves()).containsOnlyKeys(0L, 4L);
      assertHolds(bench.seal(surveyed.disk(), results), disk.raw());
    }
  }

  @Test
  void aFullBackupIsSharedOutAndSparse() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 2);
    disk.fill(33L * MIB, MIB);

    try (Server server = disk.export()) {
      SurveyedDisk surveyed = bench.survey(disk.whole(server, Optional.empty()));
      List<ShardExtracted> results = bench.extract(surveyed);

      assertThat(surveyed.shards()).hasSize(3);
      assertThat(sum(results, ShardExtracted::readBytes)).isEqualTo(SIZE);
      assertThat(sum(results, ShardExtracted::zeroBytes)).isEqualTo(SIZE - MIB);
      assertThat(sum(results, ShardExtracted::changedBytes)).isEqualTo(MIB);
      assertThat(results).filteredOn(r -> r.pack().isPresent()).hasSize(1);
      assertThat(sum(results, ShardExtracted::storedBytes)).isBetween((long) MIB, MIB + 65_536L);
    }
  }

  @Test
  void aFullReadOfAnUnchangedDiskStoresNothing() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 3);
    disk.fill(5L * MIB, 2 * MIB);
    ParentDisk first = backUpWhole(disk, Optional.empty());
    int packs = bench.packs().size();

    try (Server server = disk.export()) {
      SurveyedDisk surveyed = bench.survey(disk.whole(server, Optional.of(first)));
      List<ShardExtracted> results = bench.extract(surveyed);

      assertThat(results).allMatch(r -> r.leaves().isEmpty() && r.pack().isEmpty());
      assertThat(sum(results, ShardExtracted::changedBytes)).isZero();
      assertThat(bench.packs()).hasSize(packs);
      assertThat(bench.seal(surveyed.disk(), results)).isEqualTo(first);
    }
  }

  @Test
  void aZeroedBlockIsRecordedAsZeroes() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 4);
    disk.fill(2L * MIB, MIB);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());

    disk.guest("write -z 2M 128k");
    try (Server server = disk.export("b0")) {
      SurveyedDisk surveyed = bench.survey(disk.changed(server, "b0", full));
      List<ShardExtracted> results = bench.extract(surveyed);

      assertThat(sum(results, ShardExtracted::zeroBytes)).isEqualTo(2 * BLOCK);
      assertThat(sum(results, ShardExtracted::changedBytes)).isEqualTo(2 * BLOCK);
      assertHolds(bench.seal(surveyed.disk(), results), disk.raw());
    }
  }

  @Test
  void aLeafThatBecameZeroIsReportedAsNil() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 5);
    disk.fill(20L * MIB, BLOCK);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());

    disk.guest("write -z 20M 64k");
    try (Server server = disk.export("b0")) {
      List<ShardExtracted> results = bench.extract(bench.survey(disk.changed(server, "b0", full)));

      assertThat(results.getFirst().leaves()).containsEntry(1L, "nil");
      assertThat(results.getFirst().pack()).isEmpty();
    }
  }

  @Test
  void aDiskOfAnOddSizeKeepsItsLastBytes() {
    GuestDisk disk = new GuestDisk(directory, 17L * MIB + 3 * 512, 6);
    disk.fill(17L * MIB - 1000, 1000 + 3 * 512);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());
    assertHolds(full, disk.raw());

    disk.guest("write -P 9 17M 512");
    try (Server server = disk.export("b0")) {
      ParentDisk incremental = bench.backUp(disk.changed(server, "b0", full));

      assertHolds(incremental, disk.raw());
    }
  }

  @Test
  void whatADiskGrewByIsReadAlthoughTheBitmapCallsItClean() {
    GuestDisk disk = new GuestDisk(directory, 17L * MIB + 3 * 512, 7);
    disk.fill(17L * MIB, 3 * 512);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());

    disk.grow(50L * MIB);
    disk.fill(17L * MIB + 4096, 70_000);
    disk.fill(49L * MIB, MIB);
    try (Server server = disk.export("b0")) {
      SurveyedDisk surveyed = bench.survey(disk.changed(server, "b0", full));

      assertThat(surveyed.disk().mode()).isEqualTo(DiskMode.INCREMENTAL);
      assertThat(surveyed.readBytes()).isEqualTo(33L * MIB);
      assertHolds(bench.seal(surveyed.disk(), bench.extract(surveyed)), disk.raw());
    }
  }

  @Test
  void whatADiskShrankByIsDropped() throws IOException {
    GuestDisk large = new GuestDisk(directory, 40L * MIB, 18);
    large.fill(0, 40 * MIB);
    ParentDisk full = backUpWhole(large, Optional.empty());
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    GuestDisk small = new GuestDisk(elsewhere, 20L * MIB + 512, 18);
    Processes.run(
        "dd", "if=" + large.raw(), "of=" + small.raw(), "bs=1M", "count=21", "conv=notrunc");

    try (Server server = small.export()) {
      SurveyedDisk surveyed = bench.survey(small.whole(server, Optional.of(full)));
      List<ShardExtracted> results = bench.extract(surveyed);

      assertThat(sum(results, ShardExtracted::changedBytes)).isEqualTo(512);
      assertHolds(bench.seal(surveyed.disk(), results), small.raw());
    }
  }

  @Test
  void nothingWrittenMakesNoShard() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 8);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());

    try (Server server = disk.export("b0")) {
      assertThat(bench.survey(disk.changed(server, "b0", full)).shards()).isEmpty();
    }
  }

  @Test
  void aBitmapThatMissedAWriteIsNotTrustedAndTheDiskIsReadWhole() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 9);
    disk.addBitmap("b0");
    ParentDisk full = backUpWhole(disk, Optional.empty());

    disk.fill(0, (int) SIZE);
    try (Server server = disk.export("b0")) {
      SurveyedDisk surveyed = bench.survey(disk.changed(server, "b0", full));

      assertThat(surveyed.disk().mode()).isEqualTo(DiskMode.FULL);
      assertThat(surveyed.disk().reason()).get().asString().contains("differs from the parent");
      assertHolds(bench.seal(surveyed.disk(), bench.extract(surveyed)), disk.raw());
    }
  }

  @Test
  void aBitmapThatIsNotExportedMeansAFullRead() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 10);
    ParentDisk full = backUpWhole(disk, Optional.empty());

    try (Server server = disk.export()) {
      SurveyedDisk surveyed = bench.survey(disk.changed(server, "b0", full));

      assertThat(surveyed.disk().mode()).isEqualTo(DiskMode.FULL);
      assertThat(surveyed.disk().reason()).get().asString().contains("qemu:dirty-bitmap:b0");
      assertThat(surveyed.disk().metaContext()).isEmpty();
    }
  }

  @Test
  void aFullReadStoresAgainWhatTheParentLost() throws IOException {
    GuestDisk disk = new GuestDisk(directory, SIZE, 11);
    disk.fill(0, 2 * MIB);
    ParentDisk first = backUpWhole(disk, Optional.empty());
    for (Path pack : bench.packs()) {
      Files.delete(pack);
    }
    bench.close();
    bench = new Bench(directory.resolve("repository"));

    try (Server server = disk.export()) {
      BackupShardPlanned shard =
          new BackupShardPlanned(
              Bench.BACKUP, 0, 0, 16L * MIB, disk.whole(server, Optional.of(first)));
      ShardExtracted result =
          bench.await(
              () -> new BackupShard(bench.workbench(), shard, Bench.never(), () -> {}).run());

      assertThat(result.changedBytes()).isEqualTo(2 * MIB);
      assertThat(result.leaves()).containsOnlyKeys(0L);
    }
  }

  @Test
  void aServerThatDiesInAShardFailsItAndNothingIsLeft() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 12);
    disk.fill(0, (int) SIZE);
    Server server = slow(disk);
    BackupShard attempt = wholeDisk(disk, server, Bench.never());

    Future<ShardExtracted> result = bench.onEventLoop(attempt::run);
    Processes.await(() -> attempt.doneBytes() > 0);
    server.kill();

    assertThatThrownBy(() -> Bench.await(result)).isInstanceOf(NbdException.Closed.class);
    assertThat(bench.packs()).isEmpty();
    assertThat(bench.temporaryFiles()).isEmpty();
  }

  @Test
  void aShardIsTriedAgainWhenTheServerComesBack() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 13);
    disk.fill(0, 8 * MIB);
    Server slow = slow(disk);
    BackupShard first = wholeDisk(disk, slow, Bench.never());
    Promise<Server> restarted = Promise.promise();
    Retries retries = new Retries(bench.vertx(), Duration.ofMillis(10));

    Future<ShardExtracted> result =
        bench.onEventLoop(() ->
            retries.run(() ->
                restarted.future().isComplete()
                    ? wholeDisk(disk, restarted.future().result(), Bench.never()).run()
                    : first
                        .run()
                        .recover(
                            e -> restarted.future().compose(server -> Future.failedFuture(e)))));
    Processes.await(() -> first.doneBytes() > 0);
    slow.kill();
    try (Server server = disk.export()) {
      restarted.complete(server);

      assertThat(Bench.await(result).readBytes()).isEqualTo(SIZE);
      assertThat(bench.packs()).hasSize(1);
      assertThat(bench.temporaryFiles()).isEmpty();
    }
  }

  @Test
  void aCancelledShardLeavesNothing() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 14);
    disk.fill(0, (int) SIZE);
    Promise<Void> cancelled = Promise.promise();
    try (Server server = slow(disk)) {
      BackupShard attempt = wholeDisk(disk, server, cancelled.future());

      Future<ShardExtracted> result = bench.onEventLoop(attempt::run);
      Processes.await(() -> attempt.doneBytes() > 0);
      bench.onEventLoop(() -> {
        cancelled.fail(
            new ShardCancelledException(ShardCancelledException.Reason.JOB_ENDED, Bench.BACKUP));
        return Future.succeededFuture();
      });

      assertThatThrownBy(() -> Bench.await(result)).isInstanceOf(ShardCancelledException.class);
      assertThat(bench.temporaryFiles()).isEmpty();
      assertThat(bench.packs()).isEmpty();
    }
  }

  @Test
  void anExportThatIsGoneFailsFast() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 15);
    Server server = disk.export();
    BackupShard attempt = wholeDisk(disk, server, Bench.never());
    server.kill();

    assertThatThrownBy(() -> bench.await(attempt::run))
        .isInstanceOf(NbdException.Unreachable.class);
  }

  @Test
  void anExportThatIsTooSmallIsRefused() {
    GuestDisk disk = new GuestDisk(directory, MIB, 16);
    try (Server server = disk.export()) {
      BackupDisk whole = disk.whole(server, Optional.empty());
      BackupDisk tooLarge =
          new BackupDisk(
              whole.target(),
              whole.source(),
              whole.format(),
              SIZE,
              whole.nbdUri(),
              whole.metaContext(),
              whole.mode(),
              whole.reason(),
              whole.checkpointed(),
              whole.parent());
      BackupShardPlanned shard = new BackupShardPlanned(Bench.BACKUP, 0, 0, SIZE, tooLarge);

      assertThatThrownBy(() ->
              bench.await(
                  () -> new BackupShard(bench.workbench(), shard, Bench.never(), () -> {}).run()))
          .hasMessageContaining("fewer than the " + SIZE);
      server.kill();
    }
  }

  @Test
  void aFullRepositoryFailsTheShardAndNamesItsDirectory() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 17);
    disk.fill(0, 8 * MIB);
    Path small = directory.resolve("small");
    Processes.run("mkdir", small.toString());
    Processes.run("mount", "-t", "tmpfs", "-o", "size=4m", "none", small.toString());
    try (Bench cramped = new Bench(small);
        Server server = disk.export()) {
      BackupShardPlanned shard =
          new BackupShardPlanned(Bench.BACKUP, 0, 0, SIZE, disk.whole(server, Optional.empty()));

      assertThatThrownBy(() ->
              cramped.await(
                  () -> new BackupShard(cramped.workbench(), shard, Bench.never(), () -> {}).run()))
          .isInstanceOf(StorageFullException.class)
          .hasMessageContaining(small.toString());
      assertThat(cramped.temporaryFiles()).isEmpty();
    } finally {
      Processes.run("umount", small.toString());
    }
  }

  private ParentDisk backUpWhole(GuestDisk disk, Optional<ParentDisk> parent) {
    try (Server server = disk.export()) {
      return bench.backUp(disk.whole(server, parent));
    }
  }

  private BackupShard wholeDisk(GuestDisk disk, Server server, Future<Void> cancelled) {
    BackupShardPlanned shard =
        new BackupShardPlanned(
            Bench.BACKUP, 0, 0, disk.sizeBytes(), disk.whole(server, Optional.empty()));
    return new BackupShard(bench.workbench(), shard, cancelled, () -> {});
  }

  /** A server that needs a second for each 4 MiB. */
  private Server slow(GuestDisk disk) {
    Path socket = directory.resolve("slow.sock");
    return Processes.serve(
        socket,
        "nbdkit",
        "-f",
        "-r",
        "-U",
        socket.toString(),
        "--filter=delay",
        "file",
        disk.raw().toString(),
        "rdelay=1");
  }

  private void assertHolds(ParentDisk sealed, Path raw) {
    Path restored = directory.resolve("restored.raw");
    Processes.run("truncate", "-s", "0", restored.toString());
    Processes.run("truncate", "-s", Long.toString(sealed.sizeBytes()), restored.toString());

    bench.restore(sealed, restored, true);

    Processes.run(
        "cmp", "-n", Long.toString(sealed.sizeBytes()), restored.toString(), raw.toString());
  }

  private static long sum(List<ShardExtracted> results, ToLongFunction<ShardExtracted> bytes) {
    return results.stream().mapToLong(bytes).sum();
  }
}
