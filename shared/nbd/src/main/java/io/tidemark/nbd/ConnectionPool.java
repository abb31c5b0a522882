package io.tidemark.nbd;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several connections to one export: each task goes to the connection with the least to do, as soon
 * as all together have room for its bytes. All state is confined to the pool's context.
 */
final class ConnectionPool implements PoolMembers.Watcher {
  private final NbdUri uri;
  private final Context context;
  private final NbdPoolOptions options;
  private final NbdExport export;
  private final PoolMembers members;
  private final Unflushed unflushed;
  private final Queue<PoolTask<?>> waiting = new ArrayDeque<>();
  private final Promise<NbdException> lost;
  private final Promise<Void> drained;
  private Optional<NbdException> end = Optional.empty();
  private long bytesInFlight;
  private int inFlight;

  private ConnectionPool(
      Vertx vertx,
      NbdUri uri,
      Function<Optional<NbdExport>, Future<NbdConnection>> connect,
      NbdPoolOptions options,
      NbdExport export) {
    this.uri = uri;
    this.context = vertx.getOrCreateContext();
    this.unflushed = new Unflushed(uri);
    this.lost = SocketConnection.promise(context);
    this.drained = SocketConnection.promise(context);
    this.options = options;
    this.export = export;
    this.members = new PoolMembers(vertx, () -> connect.apply(Optional.of(export)), options, this);
  }

  /**
   * Makes a pool with as many connections as are wanted and to be had, at least one. Must be called
   * on the context that the pool shall live on.
   *
   * @param uri for messages
   * @param connect makes a connection; fails if it does not lead to the export that is given
   */
  static Future<NbdConnection> open(
      Vertx vertx,
      NbdUri uri,
      Function<Optional<NbdExport>, Future<NbdConnection>> connect,
      NbdPoolOptions options) {
    return connect
        .apply(Optional.empty())
        .compose(first -> {
          ConnectionPool pool = new ConnectionPool(vertx, uri, connect, options, first.export());
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
  <T> Future<T> submit(PoolTask.Terms terms, Function<NbdConnection, Future<T>> work) {
    Promise<T> promise = SocketConnection.promise(context);
    Contexts.run(
        context,
        () -> {
          if (end.isPresent()) {
            promise.fail(end.get());
          } else if (terms.cancelled()) {
            promise.fail(cancelled());
          } else {
            waiting.add(new PoolTask<>(terms, work, promise));
            startWaiting();
          }
        });
    return Contexts.toCaller(promise.future());
  }

  /** Fails what waits and isn't wanted any more. From any thread. */
  void dropCancelled() {
    Contexts.run(
        context,
        () -> {
          Map<Boolean, List<PoolTask<?>>> byCancelled =
              waiting.stream().collect(Collectors.partitioningBy(task -> task.terms().cancelled()));
          waiting.clear();
          waiting.addAll(byCancelled.get(false));
          byCancelled.get(true).forEach(task -> task.promise().fail(cancelled()));
          startWaiting();
          closeIfDrained();
        });
  }

  private NbdException cancelled() {
    return new NbdException.Cancelled(uri + ": the request was cancelled");
  }

  /** Waits for what is pending, and closes all connections. From any thread. */
  Future<Void> close() {
    Contexts.run(
        context,
        () -> {
          if (end.isEmpty()) {
            end =
                Optional.of(
                    new NbdException.Closed(uri + ": the pool of connections was closed", null));
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
  public void connectionLost(NbdException cause) {
    unflushed.connectionLost(cause);
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
    while (!waiting.isEmpty() && hasRoom(waiting.element().terms().bytes())) {
      Optional<PoolMembers.Member> member = members.idlest();
      if (member.isEmpty()) {
        return;
      }
      PoolTask<?> next = waiting.remove();
      refusal(next.terms()).ifPresentOrElse(next.promise()::fail, () -> start(next, member.get()));
    }
  }

  private Optional<NbdException> refusal(PoolTask.Terms terms) {
    if (terms.cancelled()) {
      return Optional.of(cancelled());
    }
    return terms.effect() == PoolTask.Effect.FLUSHES && export.flags().canFlush()
        ? unflushed.takeDoubt()
        : Optional.empty();
  }

  private boolean hasRoom(long bytes) {
    return bytesInFlight == 0 || bytesInFlight + bytes <= options.maxBytesInFlight();
  }

  private <T> void start(PoolTask<T> task, PoolMembers.Member member) {
    PoolTask.Terms terms = task.terms();
    long mark = unflushed.mark();
    account(member, terms.bytes(), 1);
    task.startOn(member.connection)
        .onComplete(answer -> {
          account(member, -terms.bytes(), -1);
          if (answer.succeeded()) {
            member.succeeded();
            succeeded(terms.effect(), mark);
          } else {
            member.failed(answer.cause());
          }
          // What the pool keeps is in order before anybody is told.
          startWaiting();
          task.promise().handle(answer);
          closeIfDrained();
        });
  }

  private void succeeded(PoolTask.Effect effect, long mark) {
    switch (effect) {
      case NONE -> {}
      case WRITES -> unflushed.written();
      case FLUSHES -> unflushed.flushed(mark);
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
