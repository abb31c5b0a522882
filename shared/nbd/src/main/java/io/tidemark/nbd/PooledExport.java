package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.tidemark.nbd.PoolTask.Effect;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** The public face of a pool; each call goes to one of its connections. */
final class PooledExport implements NbdConnection {
  private final ConnectionPool pool;
  private final Optional<Function<NbdConnection, NbdConnection>> view;

  /** What cancels the requests of this view; on each connection the view does it too. */
  private final List<Future<?>> until;

  /** Made once for each connection, since a view may hold on to a Future; gone with it. */
  private final Map<NbdConnection, NbdConnection> views =
      Collections.synchronizedMap(new WeakHashMap<>());

  PooledExport(ConnectionPool pool) {
    this(pool, Optional.empty(), List.of());
  }

  private PooledExport(
      ConnectionPool pool,
      Optional<Function<NbdConnection, NbdConnection>> view,
      List<Future<?>> until) {
    this.pool = pool;
    this.view = view;
    this.until = until;
  }

  @Override
  public NbdExport export() {
    return pool.export();
  }

  @Override
  public Future<Void> read(long offset, int lengthBytes, ByteBuf target) {
    export().checkRange(offset, lengthBytes);
    return submit(
        Effect.NONE, lengthBytes, connection -> connection.read(offset, lengthBytes, target));
  }

  @Override
  public Future<Boolean> readTestingZero(long offset, int lengthBytes, ByteBuf target) {
    export().checkRange(offset, lengthBytes);
    return submit(
        Effect.NONE,
        lengthBytes,
        connection -> connection.readTestingZero(offset, lengthBytes, target));
  }

  @Override
  public Future<Long> readSparse(long offset, int lengthBytes, ByteBuf target) {
    export().checkRange(offset, lengthBytes);
    return submit(
        Effect.NONE, lengthBytes, connection -> connection.readSparse(offset, lengthBytes, target));
  }

  @Override
  public Future<Void> write(long offset, ByteBuf source, NbdFlag... flags) {
    export().checkRange(offset, source.readableBytes());
    return submit(
        writing(flags),
        source.readableBytes(),
        connection -> connection.write(offset, source, flags));
  }

  @Override
  public Future<Void> writeZeroes(long offset, long lengthBytes, NbdFlag... flags) {
    export().checkRange(offset, lengthBytes);
    return submit(
        writing(flags), 0, connection -> connection.writeZeroes(offset, lengthBytes, flags));
  }

  @Override
  public Future<Void> trim(long offset, long lengthBytes, NbdFlag... flags) {
    export().checkRange(offset, lengthBytes);
    return submit(writing(flags), 0, connection -> connection.trim(offset, lengthBytes, flags));
  }

  @Override
  public Future<Void> cache(long offset, long lengthBytes) {
    export().checkRange(offset, lengthBytes);
    return submit(Effect.NONE, 0, connection -> connection.cache(offset, lengthBytes));
  }

  @Override
  public Future<Void> flush() {
    // "CAN_MULTI_CONN": a flush on one connection covers what was answered on all of them.
    return submit(Effect.FLUSHES, 0, NbdConnection::flush);
  }

  @Override
  public Future<List<NbdExtent>> blockStatus(String metaContext, long offset, long lengthBytes) {
    export().checkContext(metaContext);
    export().checkRange(offset, lengthBytes);
    return submit(
        Effect.NONE, 0, connection -> connection.blockStatus(metaContext, offset, lengthBytes));
  }

  @Override
  public Future<Map<String, List<NbdExtent>>> blockStatus(long offset, long lengthBytes) {
    export().checkAnyContext();
    export().checkRange(offset, lengthBytes);
    return submit(Effect.NONE, 0, connection -> connection.blockStatus(offset, lengthBytes));
  }

  @Override
  public NbdConnection withTimeout(Duration limit) {
    NbdOptions.checkLimit(limit);
    return viewed(connection -> connection.withTimeout(limit), until);
  }

  @Override
  public NbdConnection until(Future<?> cancelled) {
    cancelled.onComplete(ended -> pool.dropCancelled());
    return viewed(
        connection -> connection.until(cancelled),
        Stream.concat(until.stream(), Stream.of(cancelled)).toList());
  }

  @Override
  public Future<NbdException> lost() {
    return pool.lost();
  }

  @Override
  public Future<Void> close() {
    return pool.close();
  }

  private NbdConnection viewed(
      Function<NbdConnection, NbdConnection> inner, List<Future<?>> innerUntil) {
    return new PooledExport(
        pool, Optional.of(view.map(outer -> outer.andThen(inner)).orElse(inner)), innerUntil);
  }

  private static Effect writing(NbdFlag... flags) {
    return (NbdFlag.bits(flags) & Wire.CMD_FLAG_FUA) == 0 ? Effect.WRITES : Effect.NONE;
  }

  private <T> Future<T> submit(Effect effect, long bytes, Function<NbdConnection, Future<T>> work) {
    return pool.submit(
        new PoolTask.Terms(bytes, effect, until),
        connection ->
            work.apply(
                view.map(through -> views.computeIfAbsent(connection, through))
                    .orElse(connection)));
  }
}
