package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.DiskMode;
import io.tidemark.events.DiskPlan;
import io.tidemark.events.Event;
import io.tidemark.events.JobKind;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.ShardRestored;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.events.ShardsWaiting;
import io.tidemark.events.ShardsWanted;
import io.tidemark.extractor.Processes.Server;
import io.tidemark.repository.NotARepositoryException;
import io.tidemark.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service between a real broker, real NBD servers and a real repository. */
class ExtractorVerticleIT {
  private static final int MIB = 1 << 20;
  private static final long SIZE = 80L * MIB;

  @TempDir private static Path broker;
  private static Bus bus;

  @TempDir private Path directory;
  private final String job = UUID.randomUUID().toString();
  private final String restore = UUID.randomUUID().toString();
  private Bench bench;
  private String deployment;

  @BeforeAll
  static void startBroker() {
    bus = new Bus(broker);
  }

  @AfterAll
  static void stopBroker() {
    bus.close();
  }

  @BeforeEach
  void deploy() {
    bench = new Bench(directory.resolve("repository"));
    deployment =
        bus.deploy(new ExtractorVerticle(config(), bus.events(), new SimpleMeterRegistry()));
  }

  @AfterEach
  void undeploy() {
    bus.undeploy(deployment);
    bench.close();
  }

  @Test
  void aBackupIsSurveyedSharedOutExtractedAndRestoredAgain() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 31);
    disk.fill(30L * MIB, 6 * MIB);
    ParentDisk sealed;
    try (Server server = disk.export()) {
      BackupDisk whole = disk.whole(server, Optional.empty());
      bus.publish(started(whole));

      ShardsPlanned plan = bus.one(ShardsPlanned.class, e -> e.backupId().equals(job));
      List<ShardExtracted> results =
          bus.awaitAll(ShardExtracted.class, e -> e.backupId().equals(job), 3);

      assertThat(results).extracting(ShardExtracted::cut).containsOnly(plan.cut());
      assertThat(plan.cut()).isPresent();
      assertThat(plan.disks())
          .containsExactly(
              new DiskPlan("vda", DiskMode.FULL, Optional.of("This is a full backup."), 3, SIZE));
      assertThat(results).extracting(ShardExtracted::worker).containsOnly("worker-1");
      sealed = bench.seal(whole, results);
    }

    Path target = directory.resolve("target.raw");
    try (Server server = writable(target)) {
      bus.publish(ready(sealed, target, server));

      RestoreShardsPlanned plan =
          bus.one(RestoreShardsPlanned.class, e -> e.restoreId().equals(restore));
      List<ShardRestored> results =
          bus.awaitAll(ShardRestored.class, e -> e.restoreId().equals(restore), 3);

      assertThat(plan.shards()).isEqualTo(Map.of("vda", 3));
      assertThat(results.stream().mapToLong(ShardRestored::writtenBytes).sum()).isEqualTo(6L * MIB);
    }
    Processes.run("cmp", target.toString(), disk.raw().toString());
  }

  @Test
  void aShardDeliveredAgainIsReportedAgainAndNotDoneAgain() {
    GuestDisk disk = new GuestDisk(directory, 16L * MIB, 32);
    disk.fill(0, MIB);
    BackupShardPlanned shard;
    try (Server server = disk.export()) {
      shard = new BackupShardPlanned(job, 0, 0, 16L * MIB, disk.whole(server, Optional.empty()));
      bus.publish(shard);
      bus.awaitAll(ShardExtracted.class, e -> e.backupId().equals(job), 1);
      server.kill();
    }

    bus.publish(shard);

    List<ShardExtracted> results =
        bus.awaitAll(ShardExtracted.class, e -> e.backupId().equals(job), 2);
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(bench.packs()).hasSize(1);
  }

  @Test
  void aShardThatWasCutOtherwiseIsNotTakenForTheOneWithItsNumber() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 39);
    try (Server server = disk.export()) {
      BackupDisk whole = disk.whole(server, Optional.empty());
      for (int leaves = 1; leaves <= 2; leaves++) {
        bus.publish(
            new BackupShardPlanned(
                job,
                0,
                0,
                leaves * 16L * MIB,
                whole,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.of("cut-" + leaves),
                Optional.empty()));
      }

      List<ShardExtracted> results =
          bus.awaitAll(ShardExtracted.class, e -> e.backupId().equals(job), 2);

      assertThat(results)
          .extracting(ShardExtracted::cut, ShardExtracted::readBytes)
          .containsExactlyInAnyOrder(
              tuple(Optional.of("cut-1"), 16L * MIB), tuple(Optional.of("cut-2"), 32L * MIB));
    }
  }

  @Test
  void anExportThatIsGoneFailsTheShardAndNamesTheDisk() {
    GuestDisk disk = new GuestDisk(directory, 16L * MIB, 33);
    Server server = disk.export();
    BackupDisk whole = disk.whole(server, Optional.empty());
    server.kill();

    bus.publish(new BackupShardPlanned(job, 0, 0, 16L * MIB, whole));

    ShardFailed failed = bus.one(ShardFailed.class, e -> e.jobId().equals(job));
    assertThat(failed.job()).isEqualTo(JobKind.BACKUP);
    assertThat(failed.index()).isZero();
    assertThat(failed.reason())
        .startsWith("Disk vda (" + disk.raw() + ") could not be backed up: ")
        .contains("can't be reached");
  }

  @Test
  void aSurveyThatFailsSaysSoWithTheIndexMinusOne() {
    GuestDisk disk = new GuestDisk(directory, 16L * MIB, 34);
    Server server = disk.export();
    BackupDisk changed = disk.changed(server, "b0", new ParentDisk("vda", 16L * MIB, "nil", true));
    server.kill();

    bus.publish(started(changed));

    ShardFailed failed = bus.one(ShardFailed.class, e -> e.jobId().equals(job));
    assertThat(failed.index()).isEqualTo(-1);
    assertThat(failed.target()).isEqualTo("vda");
  }

  @Test
  void aRunningShardSaysHowFarItIsAndIsDroppedWhenItsBackupFails() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 35);
    disk.fill(0, (int) SIZE);
    try (Server server = slow(disk)) {
      bus.publish(new BackupShardPlanned(job, 0, 0, SIZE, disk.whole(server, Optional.empty())));
      List<ShardProgress> beats =
          bus.awaitAll(ShardProgress.class, e -> e.jobId().equals(job) && e.doneBytes() > 0, 2);
      assertThat(beats.getLast().totalBytes()).isEqualTo(SIZE);
      assertThat(bench.temporaryFiles()).isNotEmpty();

      bus.publish(new BackupFailed(job, Optional.of("kvm1"), "web1", "It was enough."));
      Processes.await(() -> bench.temporaryFiles().isEmpty());
      int before = bus.seen(ShardProgress.class, e -> e.jobId().equals(job)).size();
      bus.publish(
          new BackupShardPlanned(
              job + "-next", 0, 0, 16L * MIB, disk.whole(server, Optional.empty())));

      bus.awaitAll(ShardExtracted.class, e -> e.backupId().equals(job + "-next"), 1);
      assertThat(bus.seen(ShardExtracted.class, e -> e.backupId().equals(job))).isEmpty();
      assertThat(bus.seen(ShardFailed.class, e -> e.jobId().equals(job))).isEmpty();
      assertThat(bus.seen(ShardProgress.class, e -> e.jobId().equals(job)).size())
          .isLessThanOrEqualTo(before + 1);
    }
  }

  @Test
  void whoAsksForShardsIsGivenHalfOfThoseThatWait() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 40);
    disk.fill(0, (int) SIZE);
    try (Server server = slow(disk)) {
      int atOnce = 4;
      for (int n = 0; n < atOnce + 3; n++) {
        bus.publish(new BackupShardPlanned(job, n, 0, SIZE, disk.whole(server, Optional.empty())));
      }
      bus.awaitAll(ShardsWaiting.class, e -> e.shards() == 3, 1);

      bus.publish(new ShardsWanted("worker-2", "worker-1", List.of(5, 9, 13)));

      List<BackupShardPlanned> handed =
          bus.awaitAll(
              BackupShardPlanned.class, e -> e.jobId().equals(job) && e.handovers() == 1, 2);
      assertThat(handed)
          .extracting(BackupShardPlanned::partition)
          .containsExactlyInAnyOrder(Optional.of(5), Optional.of(9));
      bus.publish(new BackupFailed(job, Optional.of("kvm1"), "web1", "It was enough."));
    }
  }

  @Test
  void aWorkerWithNothingToDoAsksWhereShardsWait() {
    bus.publish(new ShardsWaiting("worker-3", 5));

    ShardsWanted wanted = bus.one(ShardsWanted.class, e -> e.from().equals("worker-3"));

    assertThat(wanted.worker()).isEqualTo("worker-1");
    assertThat(wanted.partitions()).hasSize(4).doesNotHaveDuplicates();
  }

  @Test
  void aServerKilledInAShardFailsItAndLeavesNoPack() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 36);
    disk.fill(0, (int) SIZE);
    Server server = slow(disk);
    bus.publish(new BackupShardPlanned(job, 0, 0, SIZE, disk.whole(server, Optional.empty())));
    bus.awaitAll(ShardProgress.class, e -> e.jobId().equals(job) && e.doneBytes() > 0, 1);

    server.kill();

    assertThat(bus.one(ShardFailed.class, e -> e.jobId().equals(job)).reason())
        .contains(disk.raw().toString());
    assertThat(bench.packs()).isEmpty();
    assertThat(bench.temporaryFiles()).isEmpty();
  }

  @Test
  void aDamagedPackFailsTheRestoreWithOffsetAndPack() throws IOException {
    GuestDisk disk = new GuestDisk(directory, 16L * MIB, 37);
    disk.fill(0, MIB);
    ParentDisk sealed;
    try (Server server = disk.export()) {
      sealed = bench.backUp(disk.whole(server, Optional.empty()));
    }
    Path pack = bench.packs().getFirst();
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 2] ^= 1;
    Files.write(pack, bytes);

    Path target = directory.resolve("target.raw");
    try (Server server = writable(target)) {
      bus.publish(ready(sealed, target, server));

      ShardFailed failed = bus.one(ShardFailed.class, e -> e.jobId().equals(restore));
      assertThat(failed.job()).isEqualTo(JobKind.RESTORE);
      assertThat(failed.reason())
          .contains("Disk vda could not be restored to " + target, "offset", "pack ", "damaged");
    }
    assertThat(bus.seen(ShardRestored.class, e -> e.restoreId().equals(restore))).isEmpty();
  }

  @Test
  void aWorkerThatStopsLeavesNothingHalfDone() {
    GuestDisk disk = new GuestDisk(directory, SIZE, 38);
    disk.fill(0, (int) SIZE);
    try (Server server = slow(disk)) {
      bus.publish(new BackupShardPlanned(job, 0, 0, SIZE, disk.whole(server, Optional.empty())));
      bus.awaitAll(ShardProgress.class, e -> e.jobId().equals(job) && e.doneBytes() > 0, 1);

      bus.undeploy(deployment);

      assertThat(bench.packs()).isEmpty();
      assertThat(bench.temporaryFiles()).isEmpty();
      assertThat(bus.seen(ShardFailed.class, e -> e.jobId().equals(job))).isEmpty();
    }
    deployment =
        bus.deploy(new ExtractorVerticle(config(), bus.events(), new SimpleMeterRegistry()));
    bus.one(ShardFailed.class, e -> e.jobId().equals(job));
  }

  @Test
  void aDirectoryOfOtherThingsIsNotTakenForARepository() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    Files.writeString(other.resolve("letter.txt"), "Dear aunt");

    assertThatThrownBy(() ->
            bus.deploy(
                new ExtractorVerticle(
                    ExtractorConfig.defaults(other, "worker-2"),
                    bus.events(),
                    new SimpleMeterRegistry())))
        .isInstanceOf(NotARepositoryException.class)
        .hasMessageContaining(other.toString());
  }

  @Test
  void aRepositoryThatIsNotThereYetIsWaitedForAndNotMade() throws IOException {
    Path mountPoint = Files.createDirectory(directory.resolve("mnt"));
    GuestDisk disk = new GuestDisk(directory, 16L * MIB, 39);
    disk.fill(0, MIB);
    bus.undeploy(deployment);
    deployment =
        bus.deploy(
            new ExtractorVerticle(
                config(mountPoint, "worker-3"), bus.events(), new SimpleMeterRegistry()));
    try (Server server = disk.export()) {
      bus.publish(
          new BackupShardPlanned(job, 0, 0, 16L * MIB, disk.whole(server, Optional.empty())));
      assertThat(mountPoint).isEmptyDirectory();

      Repository.create(mountPoint).close();

      ShardExtracted result = bus.one(ShardExtracted.class, e -> e.backupId().equals(job));
      assertThat(result.worker()).isEqualTo("worker-3");
    }
  }

  private ExtractorConfig config() {
    return config(directory.resolve("repository"), "worker-1");
  }

  private static ExtractorConfig config(Path repository, String worker) {
    return ExtractorConfig.defaults(repository, worker)
        .with(ShardConfig.defaults().withBytes(Bench.SHARD_BYTES, Bench.SHARD_BYTES))
        .withRetryPause(Duration.ofMillis(50));
  }

  private BackupStarted started(BackupDisk disk) {
    return new BackupStarted(
        job,
        "kvm1",
        "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11",
        "web1",
        Optional.empty(),
        Optional.empty(),
        Consistency.FILESYSTEM,
        Instant.now(),
        "<domain/>",
        List.of(disk));
  }

  private Event ready(ParentDisk sealed, Path target, Server server) {
    return new RestoreTargetReady(
        restore,
        "kvm1",
        List.of(
            new RestoreTarget(
                new RestoreDisk("vda", sealed.sizeBytes(), sealed.root(), target.toString()),
                server.uri(),
                true)));
  }

  private Server writable(Path target) {
    Processes.run("truncate", "-s", Long.toString(SIZE), target.toString());
    Path socket = directory.resolve("target.sock");
    return Processes.serve(
        socket, "qemu-nbd", "-t", "-f", "raw", "-k", socket.toString(), target.toString());
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
}
