package io.tidemark.nbd;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Several connections to one export: each task goes to the connection with the least to do, as soon
 * as all together have room for its bytes. All state is confined to the pool's context.
 */
final class ConnectionPool implements PoolMembers.Watcher {
  private final Context context;
  private final NbdPoolOptions options;
  private final NbdExport export;
  private final PoolMembers members;
  private final Queue<Task<?>> waiting = new ArrayDeque<>();
  private final Promise<NbdException> lost = Promise.promise();
  private final Promise<Void> drained = Promise.promise();
  private Optional<NbdException> end = Optional.empty();
  private long bytesInFlight;
  private int inFlight;

  /** Something to do with a connection, and how many bytes of payload it moves. */
  private record Task<T>(long bytes, Function<NbdConnection, Future<T>> work, Promise<T> promise) {}

  private ConnectionPool(
      Vertx vertx,
      Function<Optional<NbdExport>, Future<NbdConnection>> connect,
      NbdPoolOptions options,
      NbdExport export) {
    this.context = vertx.getOrCreateContext();
    this.options = options;
    this.export = export;
    this.members = new PoolMembers(vertx, () -> connect.apply(Optional.of(export)), options, this);
  }

  /**
   * Makes a pool with as many connections as are wanted and to be had, at least one. Must be called
   * on the context that the pool shall live on.
   *
   * @param connect makes a connection; fails if it does not lead to the export that is given
   */
  static Future<NbdConnection> open(
      Vertx vertx,
      Function<Optional<NbdExport>, Future<NbdConnection>> connect,
      NbdPoolOptions options) {
    return connect
        .apply(Optional.empty())
        .compose(first -> {
          ConnectionPool pool = new ConnectionPool(vertx, connect, options, first.export());
          pool.members.add(first);
          List<Future<Void>> others =
              IntStream.range(1, useful(first.export(), options))
                  .mapToObj(i ->
                      connect
                          .apply(Optional.of(first.export()))
                          .onSuccess(pool.members::add)
                          // Servers have limits; those connections that they give will do.
                          .transform(any -> Future.<Void>succeededFuture()))
                  .toList();
          return Future.join(others).map(all -> new PooledExport(pool));
        });
  }

  /**
   * "CAN_MULTI_CONN": without it, what is written on one connection may not be seen, nor flushed,
   * by another. Where nothing can be written that is no matter.
   */
  private static int useful(NbdExport export, NbdPoolOptions options) {
    boolean coherent = export.flags().canMultiConn() || export.flags().readOnly();
    return coherent ? options.connections() : 1;
  }

  NbdExport export() {
    return export;
  }

  Future<NbdException> lost() {
    return Contexts.toCaller(lost.future());
  }

  /** Does it on the connection with the least to do. From any thread. */
  <T> Future<T> submit(long bytes, Function<NbdConnection, Future<T>> work) {
    Promise<T> promise = Promise.promise();
    Contexts.run(
        context,
        () -> {
          if (end.isPresent()) {
            promise.fail(end.get());
          } else {
            waiting.add(new Task<>(bytes, work, promise));
            startWaiting();
          }
        });
    return Contexts.toCaller(promise.future());
  }

  /** Waits for what is pending, and closes all connections. From any thread. */
  Future<Void> close() {
    Contexts.run(
        context,
        () -> {
          if (end.isEmpty()) {
            end =
                Optional.of(
                    new NbdException.Closed("the pool of NBD connections was closed", null));
            closeIfDrained();
          }
        });
    return Contexts.toCaller(drained.future());
  }

  @Override
  public void joined() {
    startWaiting();
  }

  @Override
  public void allLost(NbdException cause) {
    end = end.or(() -> Optional.of(cause));
    while (!waiting.isEmpty()) {
      waiting.remove().promise().fail(cause);
    }
    lost.tryComplete(cause);
    closeIfDrained();
  }

  private void startWaiting() {
    while (!waiting.isEmpty() && hasRoom(waiting.element().bytes())) {
      Optional<PoolMembers.Member> member = members.idlest();
      if (member.isEmpty()) {
        return;
      }
      start(waiting.remove(), member.get());
    }
  }

  private boolean hasRoom(long bytes) {
    return bytesInFlight == 0 || bytesInFlight + bytes <= options.maxBytesInFlight();
  }

  private <T> void start(Task<T> task, PoolMembers.Member member) {
    account(member, task.bytes(), 1);
    attempt(task.work(), member.connection)
        .onComplete(answer -> {
          account(member, -task.bytes(), -1);
          if (answer.succeeded()) {
            member.succeeded();
          }
          task.promise().handle(answer);
          startWaiting();
          closeIfDrained();
        });
  }

  private static <T> Future<T> attempt(
      Function<NbdConnection, Future<T>> work, NbdConnection connection) {
    try {
      return work.apply(connection);
    } catch (RuntimeException e) {
      // The caller's mistake, for example a buffer that can't grow.
      return Future.failedFuture(e);
    }
  }

  private void account(PoolMembers.Member member, long bytes, int requests) {
    member.bytes += bytes;
    member.requests += requests;
    bytesInFlight += bytes;
    inFlight += requests;
  }

  private void closeIfDrained() {
    if (end.isPresent() && inFlight == 0 && waiting.isEmpty()) {
      members
          .close()
          .onComplete(closed -> {
            lost.tryComplete(end.get());
            drained.tryComplete();
          });
    }
  }
}
