package io.tidemark.extractor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.ShardRestored;
import io.tidemark.extractor.ExtractorMeters.Stage;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdException;
import io.tidemark.nbd.NbdFlag;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Node;
import io.tidemark.repository.Ref;
import io.tidemark.repository.RepositoryException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * One attempt to write a shard of a restore from the repository to its target. Every block is
 * proven by its hash before it is written. Event loop, but for the worker pools.
 */
final class RestoreShard implements ShardAttempt {

  /** While the blocks of one leaf are written, the next one is fetched. */
  private static final int LEAVES_AT_ONCE = 2;

  private final Workbench bench;
  private final RestoreShardPlanned shard;
  private final Future<Void> cancelled;
  private final Runnable moved;
  private final Tally tally;
  private final Credits credits;
  private final Promise<Void> givenUp = Promise.promise();
  private final long startNanos = System.nanoTime();
  private boolean zeroesAreSlow;

  /**
   * @param cancelled never succeeds; fails when the shard is no longer wanted
   * @param moved called when all bytes have been moved and what is left is waiting for the storage;
   *     never, if there is no such wait
   */
  RestoreShard(Workbench bench, RestoreShardPlanned shard, Future<Void> cancelled, Runnable moved) {
    this.bench = bench;
    this.shard = shard;
    this.cancelled = cancelled;
    this.moved = moved;
    this.tally = new Tally(bench.meters());
    this.credits = new Credits(bench.config().transfer().bytesInFlight());
  }

  /**
   * Writes every block of the shard's range and flushes.
   *
   * @return completes when it is on stable storage; fails at the first block that can't be proven
   *     or written
   */
  @Override
  public Future<ShardRestored> run() {
    return Exports.write(bench, shard.restoreTarget())
        .compose(connection ->
            writeLeaves(connection)
                .onSuccess(done -> moved.run())
                .compose(done -> connection.flush())
                .eventually(connection::close))
        .map(done -> result());
  }

  @Override
  public long doneBytes() {
    return tally.readBytes() + tally.zeroBytes();
  }

  @Override
  public long totalBytes() {
    return shard.lengthBytes();
  }

  private Future<Void> writeLeaves(NbdConnection connection) {
    long first = shard.offset() / Geometry.LEAF_SPAN_BYTES;
    long count = Geometry.leaves(shard.lengthBytes());
    return new Pump<>(
            LongStream.range(first, first + count).boxed().iterator(),
            leaf -> 1,
            new Credits(LEAVES_AT_ONCE),
            leaf -> writeLeaf(connection, leaf),
            () -> {
              givenUp.tryComplete();
              connection.close();
            })
        .run(cancelled);
  }

  private Future<Void> writeLeaf(NbdConnection connection, long leaf) {
    return bench
        .block(() -> node(leaf))
        .map(node ->
            LeafWrites.of(node, leaf, disk().sizeBytes(), bench.config().transfer().requestBytes()))
        .compose(writes ->
            new Pump<>(
                    writes.iterator(),
                    this::memory,
                    credits,
                    write -> write(connection, write),
                    givenUp::tryComplete)
                .run(Future.future(unused -> {})));
  }

  private long memory(LeafWrites.Write write) {
    return switch (write) {
      case LeafWrites.Zeroes zeroes -> 0;
      case LeafWrites.Data data -> data.range().lengthBytes();
    };
  }

  private Future<Void> write(NbdConnection connection, LeafWrites.Write write) {
    return switch (write) {
      case LeafWrites.Zeroes zeroes -> writeZeroes(connection, zeroes.range());
      case LeafWrites.Data data ->
          allowed(data.range()).compose(allowed -> writeData(connection, data));
    };
  }

  /** Completes when that much may be written. */
  private Future<Void> allowed(ByteRange range) {
    return bench.limits().take(ShardOrigin.of(shard), range.lengthBytes(), givenUp.future());
  }

  private Future<Void> writeZeroes(NbdConnection connection, ByteRange range) {
    Future<Void> written =
        shard.restoreTarget().zeroed() ? Future.succeededFuture() : zero(connection, range);
    return written.onSuccess(done -> tally.zero(range.lengthBytes()));
  }

  /** Zeroes that the storage need not write cost it next to nothing, and count for nothing. */
  private Future<Void> zero(NbdConnection connection, ByteRange range) {
    if (zeroesAreSlow || !connection.export().flags().canFastZero()) {
      return zeroSlowly(connection, range);
    }
    return connection
        .writeZeroes(range.offset(), range.lengthBytes(), NbdFlag.FAST_ZERO)
        .recover(failure -> {
          if (!(failure instanceof NbdException.Server)) {
            return Future.failedFuture(failure);
          }
          // Not as fast, says the server; if it means anything else, it will say so again.
          zeroesAreSlow = true;
          return zeroSlowly(connection, range);
        });
  }

  private Future<Void> zeroSlowly(NbdConnection connection, ByteRange range) {
    return allowed(range)
        .compose(allowed -> connection.writeZeroes(range.offset(), range.lengthBytes(), true));
  }

  private Future<Void> writeData(NbdConnection connection, LeafWrites.Data data) {
    int length = Math.toIntExact(data.range().lengthBytes());
    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
    bench.meters().inFlight(length);
    return bench
        .run(() -> fetch(data, buffer))
        .compose(fetched -> send(connection, data.range(), buffer))
        .onSuccess(done -> tally.restored(length))
        .onComplete(done -> {
          bench.meters().inFlight(-length);
          buffer.release();
        });
  }

  private Future<Void> send(NbdConnection connection, ByteRange range, ByteBuf buffer) {
    long begin = System.nanoTime();
    return connection
        .write(range.offset(), buffer)
        .onSuccess(done -> bench.meters().time(Stage.NBD_WRITE, begin));
  }

  private Node node(long leaf) {
    try {
      return bench.repository().tree().leaf(Ref.parse(disk().root()), disk().sizeBytes(), leaf);
    } catch (RepositoryException e) {
      throw new UnreadableBlockException(leaf * Geometry.LEAF_SPAN_BYTES, e);
    }
  }

  private void fetch(LeafWrites.Data data, ByteBuf buffer) {
    long begin = System.nanoTime();
    int length = Math.toIntExact(data.range().lengthBytes());
    List<Ref> refs = data.blocks();
    for (int i = 0; i < refs.size(); i++) {
      int at = i * Geometry.BLOCK_BYTES;
      int blockBytes = Math.min(Geometry.BLOCK_BYTES, length - at);
      fetch(refs.get(i), data.range().offset() + at, buffer.nioBuffer(at, blockBytes));
    }
    buffer.writerIndex(length);
    bench.meters().time(Stage.FETCH, begin);
  }

  private void fetch(Ref ref, long offset, ByteBuffer into) {
    try {
      bench.repository().reader().read(ref, into);
    } catch (RepositoryException e) {
      throw new UnreadableBlockException(offset, e);
    }
    if (into.hasRemaining()) {
      throw new UnreadableBlockException(
          offset, "the block " + ref + " is " + into.remaining() + " bytes short.");
    }
  }

  private RestoreDisk disk() {
    return shard.restoreTarget().disk();
  }

  private ShardRestored result() {
    return new ShardRestored(
        shard.restoreId(),
        shard.target(),
        shard.index(),
        bench.config().worker(),
        tally.readBytes(),
        tally.zeroBytes(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos),
        shard.cut());
  }
}
