package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.ShardExtracted;
import io.tidemark.extractor.Processes.Server;
import io.tidemark.repository.Ref;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How fast bytes move, and what the figures say of it. */
class TransferIT {
  private static final long MIB = 1L << 20;
  private static final long SIZE = 32 * MIB;
  @TempDir private Path directory;

  @Test
  void aRateLimitIsKept() {
    double seconds = secondsToRead(c -> c.with(new RateConfig(0, 16 * MIB)), Optional.empty());

    // A tenth of a second's worth may go at once, and what is read last waits for nobody.
    assertThat(seconds).isBetween(1.4, 6.0);
  }

  @Test
  void theStricterOfTwoLimitsCounts() {
    double seconds =
        secondsToRead(c -> c.with(new RateConfig(16 * MIB, 1000 * MIB)), Optional.empty());

    assertThat(seconds).isBetween(1.4, 6.0);
  }

  @Test
  void aShardThatWaitsForItsTurnEndsAtOnceWhenNobodyWantsItAnyMore() {
    try (Server server = pattern(Optional.empty());
        Bench bench = bench(c -> c.with(new RateConfig(0, 1 << 10)))) {
      Promise<Void> cancelled = Promise.promise();
      BackupShard shard =
          new BackupShard(bench.workbench(), shard(server), cancelled.future(), () -> {});
      Future<ShardExtracted> run = bench.onEventLoop(shard::run);
      Processes.await(() -> shard.doneBytes() > 0);

      // The next read is due in minutes.
      cancelled.fail("nobody wants it");

      assertThatThrownBy(() -> Bench.await(run)).hasMessage("nobody wants it");
      assertThat(bench.packs()).isEmpty();
      assertThat(bench.temporaryFiles()).isEmpty();
    }
  }

  @Test
  void zeroesThatATargetHasToWriteCountAsMuchAsData() {
    // 64 MiB at 32 MiB a second, in four writes.
    assertThat(secondsToZero("--filter=nozero", 32 * MIB)).isBetween(1.2, 8.0);
  }

  @Test
  void zeroesThatCostATargetNothingDoNotCount() {
    // It would take a minute otherwise.
    assertThat(secondsToZero("--filter=offset", MIB)).isLessThan(20);
  }

  /** Restores a disk of zeroes to memory, behind a filter. */
  private double secondsToZero(String filter, long bytesPerSecond) {
    Path socket = directory.resolve("target.sock");
    try (Server server =
            Processes.serve(
                socket,
                "nbdkit",
                "-f",
                "-U",
                socket.toString(),
                filter,
                "memory",
                "size=" + 2 * SIZE);
        Bench bench = bench(c -> c.with(new RateConfig(bytesPerSecond, 0)))) {
      RestoreShardPlanned shard =
          new RestoreShardPlanned(
              "restore",
              0,
              0,
              2 * SIZE,
              new RestoreTarget(
                  new RestoreDisk("vda", 2 * SIZE, Ref.NIL.toText(), "/srv/vda.raw"),
                  server.uri(),
                  false),
              Optional.of("kvm1"),
              0,
              Optional.empty(),
              Optional.empty());
      long begin = System.nanoTime();
      bench.await(() -> new RestoreShard(bench.workbench(), shard, Bench.never(), () -> {}).run());
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  @Test
  void connectionsAddUpWhereEachIsLimited() {
    // 64 Mbit/s a connection are 8 MiB/s: 32 MiB take 4 s on one, and 1 s on four.
    Optional<String> limit = Optional.of("connection-rate=64M");
    double one = secondsToRead(UnaryOperator.identity(), limit);
    double four = secondsToRead(c -> c.with(TransferConfig.defaults().withConnections(4)), limit);

    assertThat(one / four).as("how much faster four connections are").isGreaterThan(2.5);
  }

  @Test
  void theFiguresSayWhatWasMoved() {
    MeterRegistry meters = new SimpleMeterRegistry();
    GuestDisk guest = new GuestDisk(directory, SIZE, 51);
    guest.fill(8 * MIB, (int) (4 * MIB));
    try (Bench bench =
        new Bench(directory.resolve("repository"), UnaryOperator.identity(), meters)) {
      ParentDisk parent = backUpTwice(bench, guest);
      Path target = directory.resolve("target.raw");
      Processes.run("truncate", "-s", Long.toString(SIZE), target.toString());
      bench.restore(parent, target, false);
    }

    assertThat(bytes(meters, "read")).isEqualTo(2 * SIZE);
    assertThat(bytes(meters, "zero")).isGreaterThanOrEqualTo(2 * (SIZE - 4 * MIB));
    assertThat(bytes(meters, "unchanged")).isEqualTo(4 * MIB);
    assertThat(bytes(meters, "stored")).isBetween(4.0 * MIB, 5.0 * MIB);
    assertThat(bytes(meters, "restored")).isEqualTo(4 * MIB);
    assertThat(meters.get("tidemark.extractor.in.flight").gauge().value()).isZero();
    for (String stage : new String[] {"nbd-read", "hash", "store", "seal", "fetch", "nbd-write"}) {
      assertThat(meters.get("tidemark.extractor.stage").tag("stage", stage).timer().count())
          .as(stage)
          .isPositive();
    }
  }

  private static ParentDisk backUpTwice(Bench bench, GuestDisk guest) {
    try (Server server = guest.export()) {
      ParentDisk parent = bench.backUp(guest.whole(server, Optional.empty()));
      return bench.backUp(guest.whole(server, Optional.of(parent)));
    }
  }

  private double secondsToRead(UnaryOperator<ExtractorConfig> config, Optional<String> limit) {
    try (Server server = pattern(limit);
        Bench bench = bench(config)) {
      BackupShardPlanned shard = shard(server);
      long begin = System.nanoTime();
      bench.await(() -> new BackupShard(bench.workbench(), shard, Bench.never(), () -> {}).run());
      return (System.nanoTime() - begin) / 1e9;
    }
  }

  private Server pattern(Optional<String> limit) {
    Path socket = directory.resolve("pattern.sock");
    List<String> command = new ArrayList<>(List.of("nbdkit", "-f", "-r", "-U", socket.toString()));
    // The filter goes before the plugin, its parameter behind.
    limit.ifPresent(parameter -> command.add("--filter=rate"));
    command.addAll(List.of("pattern", "size=" + SIZE));
    limit.ifPresent(command::add);
    return Processes.serve(socket, command.toArray(String[]::new));
  }

  private Bench bench(UnaryOperator<ExtractorConfig> config) {
    return new Bench(
        directory.resolve("repository-" + System.nanoTime()), config, new SimpleMeterRegistry());
  }

  private static BackupShardPlanned shard(Server server) {
    BackupDisk disk =
        new BackupDisk(
            "vda",
            "/dev/pattern",
            "raw",
            SIZE,
            server.uri(),
            Optional.empty(),
            DiskMode.FULL,
            Optional.empty(),
            true,
            Optional.empty());
    return new BackupShardPlanned(
        Bench.BACKUP,
        0,
        0,
        SIZE,
        disk,
        Optional.of("kvm1"),
        Optional.of("domain"),
        0,
        Optional.empty(),
        Optional.empty());
  }

  private static double bytes(MeterRegistry meters, String name) {
    return meters.get("tidemark.extractor." + name).counter().count();
  }
}
