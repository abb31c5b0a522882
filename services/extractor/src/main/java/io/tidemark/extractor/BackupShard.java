package io.tidemark.extractor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.DiskMode;
import io.tidemark.events.PackDescription;
import io.tidemark.events.ShardExtracted;
import io.tidemark.extractor.ExtractorMeters.Bytes;
import io.tidemark.extractor.ExtractorMeters.Stage;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.PackWriter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One attempt to read a shard of a backup into one pack. Event loop, but for the worker pools. */
final class BackupShard implements ShardAttempt {

  private final Workbench bench;
  private final BackupShardPlanned shard;
  private final Future<Void> cancelled;
  private final Runnable moved;
  private final Tally tally;
  private final Credits credits;
  private final Promise<Void> givenUp = Promise.promise();
  private final long startNanos = System.nanoTime();
  private long totalBytes;

  /**
   * @param cancelled never succeeds; fails when the shard is no longer wanted
   * @param moved called when all bytes have been moved and what is left is waiting for the storage;
   *     never, if there is no such wait
   */
  BackupShard(Workbench bench, BackupShardPlanned shard, Future<Void> cancelled, Runnable moved) {
    this.bench = bench;
    this.shard = shard;
    this.cancelled = cancelled;
    this.moved = moved;
    this.tally = new Tally(bench.meters());
    this.credits = new Credits(bench.config().transfer().bytesInFlight());
  }

  /**
   * Reads what is dirty (or all) and stores what differs from the parent.
   *
   * @return what became of it, durable in the repository; after a failure nothing of it is left
   *     there
   */
  @Override
  public Future<ShardExtracted> run() {
    return Exports.read(bench, shard.disk())
        .compose(connection ->
            plan(connection)
                .compose(plan -> extract(connection, plan))
                .eventually(connection::close));
  }

  @Override
  public long doneBytes() {
    return tally.readBytes();
  }

  @Override
  public long totalBytes() {
    return totalBytes;
  }

  private Future<ReadPlan> plan(NbdConnection connection) {
    BackupDisk disk = shard.disk();
    ReadPlan.Builder plan = new ReadPlan.Builder(bench.config().transfer().requestBytes());
    DirtyRanges ranges = new DirtyRanges(disk.sizeBytes(), plan::add);
    return DirtyMap.of(connection, disk)
        .read(new ByteRange(shard.offset(), shard.lengthBytes()), ranges::add)
        .map(done -> {
          ranges.finish();
          return plan.build();
        });
  }

  private Future<ShardExtracted> extract(NbdConnection connection, ReadPlan plan) {
    totalBytes = plan.bytes();
    if (plan.bytes() == 0) {
      return Future.succeededFuture(result(Map.of(), Optional.empty()));
    }
    return bench
        .block(() -> bench.repository().newPack())
        .compose(pack ->
            // What fill throws must close the pack too.
            Future.succeededFuture(pack)
                .compose(open -> fill(open, connection, plan))
                .eventually(() -> bench.block(() -> close(pack))));
  }

  private Future<ShardExtracted> fill(PackWriter pack, NbdConnection connection, ReadPlan plan) {
    BackupDisk disk = shard.disk();
    ShardTarget target =
        new ShardTarget(
            ParentTree.of(disk, bench.repository().tree()),
            pack,
            disk.sizeBytes(),
            disk.mode() == DiskMode.FULL,
            new ConcurrentHashMap<>(),
            tally);
    Iterator<Request> work =
        plan.leaves().stream()
            .flatMap(leaf -> {
              LeafUpdate update = new LeafUpdate(leaf, target);
              return leaf.ranges().stream().map(range -> new Request(range, update));
            })
            .iterator();
    return new Pump<>(
            work,
            request -> request.range().lengthBytes(),
            credits,
            request -> move(connection, request),
            () -> {
              givenUp.tryComplete();
              connection.close();
            })
        .run(cancelled)
        .onSuccess(done -> moved.run())
        .compose(done -> bench.block(() -> seal(pack)))
        .map(summary -> result(target.leaves(), summary));
  }

  private Future<Void> move(NbdConnection connection, Request request) {
    return bench
        .limits()
        .take(ShardOrigin.of(shard), request.range().lengthBytes(), givenUp.future())
        .compose(allowed -> read(connection, request));
  }

  private Future<Void> read(NbdConnection connection, Request request) {
    int length = Math.toIntExact(request.range().lengthBytes());
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
    bench.meters().inFlight(length);
    long begin = System.nanoTime();
    return connection
        .readTestingZero(request.range().offset(), length, buffer)
        .onSuccess(read -> bench.meters().time(Stage.NBD_READ, begin))
        .compose(zero -> bench.run(() -> take(request, zero, buffer.nioBuffer(0, length))))
        .onComplete(done -> {
          bench.meters().inFlight(-length);
          buffer.release();
        });
  }

  private static void take(Request request, boolean zero, ByteBuffer content) {
    if (zero) {
      request.leaf().putZeroes(request.range());
    } else {
      request.leaf().put(request.range(), content);
    }
  }

  private Optional<PackSummary> seal(PackWriter pack) {
    long begin = System.nanoTime();
    Optional<PackSummary> sealed = pack.finish();
    bench.meters().time(Stage.SEAL, begin);
    sealed.ifPresent(summary -> bench.meters().count(Bytes.STORED, summary.storedBytes()));
    return sealed;
  }

  private ShardExtracted result(Map<Long, String> leaves, Optional<PackSummary> pack) {
    return new ShardExtracted(
        shard.backupId(),
        shard.target(),
        shard.index(),
        bench.config().worker(),
        leaves,
        tally.readBytes(),
        tally.changedBytes(),
        tally.zeroBytes(),
        pack.map(PackSummary::storedBytes).orElse(0L),
        pack.map(p -> new PackDescription(p.id().toString(), p.rawBytes(), p.storedBytes())),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
        shard.cut());
  }

  private static PackWriter close(PackWriter pack) {
    pack.close();
    return pack;
  }

  /**
   * One NBD read.
   *
   * @param leaf where its blocks belong
   */
  private record Request(ByteRange range, LeafUpdate leaf) {}
}
