package io.tidemark.nbd;

import io.netty.handler.ssl.SslContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes connections to NBD servers and asks them what they have. Safe to use from any thread.
 *
 * <p>All Futures fail with {@link NbdException}: {@code Unreachable}, {@code Refused} (no such
 * export, a context that the server lacks, TLS that fails or is not offered), {@code Protocol},
 * {@code TimedOut}, {@code Unsupported}. A URI with TLS is never connected to without it.
 */
public final class NbdClient {
  /** More exports than any server lists in earnest; a longer list fails. */
  public static final int MAX_LISTED = 10_000;

  /** The most that one call for block status gathers; about 100 bytes of memory each. */
  public static final int MAX_EXTENTS = 1 << 22;

  private final Vertx vertx;
  private final NetClient sockets;

  public NbdClient(Vertx vertx) {
    this.vertx = vertx;
    this.sockets =
        vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true).setIdleTimeout(0));
  }

  /**
   * Connects and opens the export ("NBD_OPT_GO"), with extended headers or structured replies where
   * the server has them.
   *
   * @return an open connection, which the caller closes
   */
  public Future<NbdConnection> connect(NbdUri uri, NbdOptions options) {
    return negotiate(uri, options, Plan.open(uri, options))
        .map(connection ->
            new OpenExport(connection, connection.agreement().negotiated(options.metaContexts())));
  }

  /**
   * Connects several times to one export. The pool is used as one connection: a request goes to the
   * connection with the least to do, and if that connection is lost the request fails, but no other
   * connection's do, and the lost one is replaced. The pool itself is lost when it has no
   * connection and can't get one. If one is lost after writes that no flush has covered yet, the
   * next flush fails with {@code Closed}: the server may have lost them.
   *
   * <p>Limits of time count from when a connection takes a request on. Where the export takes
   * writes and the server does not promise that its connections see one another's (CAN_MULTI_CONN),
   * the pool has one connection.
   *
   * @return an open pool, which the caller closes; fails if not even one connection can be made
   */
  public Future<NbdConnection> pool(NbdUri uri, NbdOptions options, NbdPoolOptions pool) {
    Context loop = SocketConnection.eventLoop(vertx);
    Promise<NbdConnection> opened = SocketConnection.promise(loop);
    loop.runOnContext(v ->
        ConnectionPool.open(vertx, uri, known -> connectTo(known, uri, options), pool)
            .onComplete(opened));
    return Contexts.toCaller(opened.future());
  }

  private Future<NbdConnection> connectTo(
      Optional<NbdExport> known, NbdUri uri, NbdOptions options) {
    return connect(uri, options)
        .compose(connection -> {
          if (known.isEmpty() || known.get().equals(connection.export())) {
            return Future.succeededFuture(connection);
          }
          NbdException other =
              new NbdException.Refused(uri + ": the export is not the one that it was before");
          return connection.close().transform(closed -> Future.failedFuture(other));
        });
  }

  /**
   * What the server says of the export, without opening it ("NBD_OPT_INFO").
   *
   * @param options its metadata contexts must all be there
   */
  public Future<NbdExport> info(NbdUri uri, NbdOptions options) {
    return negotiate(uri, options, Plan.info(uri, options))
        .map(connection -> connection.agreement().info.export(options.metaContexts()));
  }

  /**
   * The exports of the server ("NBD_OPT_LIST"), at most {@link #MAX_LISTED}; many servers refuse to
   * tell.
   *
   * @param uri whose export does not matter
   */
  public Future<List<NbdExportName>> list(NbdUri uri, NbdOptions options) {
    return negotiate(uri, options, Plan.list(uri))
        .map(connection -> List.copyOf(connection.agreement().exports));
  }

  /**
   * The metadata contexts that the server offers for the export ("NBD_OPT_LIST_META_CONTEXT").
   *
   * @param queries names, or namespaces such as {@code qemu:} or {@code qemu:dirty-bitmap:}; none
   *     asks for all
   */
  public Future<List<String>> listMetaContexts(NbdUri uri, NbdOptions options, String... queries) {
    return negotiate(uri, options, Plan.metaContexts(uri, List.of(queries)))
        .map(connection -> List.copyOf(connection.agreement().offeredContexts));
  }

  /** Closes every connection that is still open. */
  public Future<Void> close() {
    return sockets.close();
  }

  private Future<SocketConnection> negotiate(NbdUri uri, NbdOptions options, Plan plan) {
    return Contexts.toCaller(tls(uri).compose(ssl -> open(new Session(uri, options, plan, ssl))));
  }

  private Future<Optional<SslContext>> tls(NbdUri uri) {
    return uri.tls()
        .map(tls -> vertx.executeBlocking(() -> Optional.of(Certificates.load(uri, tls)), false))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private Future<SocketConnection> open(Session session) {
    // The server speaks first: on an event loop the handler is in place before the socket gets back
    // to reading.
    Context loop = SocketConnection.eventLoop(vertx);
    Promise<SocketConnection> opened = SocketConnection.promise(loop);
    Duration limit = session.options().connectTimeout();
    long begin = System.nanoTime();
    loop.runOnContext(v ->
        sockets
            .connect(connectOptions(session.uri(), limit))
            .recover(e -> Future.failedFuture(unreachable(session.uri(), e)))
            .compose(socket ->
                SocketConnection.open(
                    vertx, socket, session, limit.minusNanos(System.nanoTime() - begin)))
            .onComplete(opened));
    return opened.future();
  }

  private static ConnectOptions connectOptions(NbdUri uri, Duration limit) {
    return new ConnectOptions()
        .setRemoteAddress(uri.server().toVertx())
        .setTimeout(Math.clamp(limit.toMillis(), 1, Integer.MAX_VALUE));
  }

  private static NbdException unreachable(NbdUri uri, Throwable e) {
    return new NbdException.Unreachable(
        uri + ": the NBD server can't be reached (" + e.getMessage() + ")", e);
  }
}
