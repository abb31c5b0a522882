package io.tidemark.nbd;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;

/** Makes connections to NBD servers. Safe to use from any thread. */
public final class NbdClient {
  /** Large enough for a whole 256 KiB reply at once: fewer, larger reads of the socket. */
  private static final int RECEIVE_BUFFER_BYTES = 256 * 1024;

  private final Vertx vertx;
  private final NetClient sockets;

  public NbdClient(Vertx vertx) {
    this.vertx = vertx;
    this.sockets =
        vertx.createNetClient(
            new NetClientOptions()
                .setTcpNoDelay(true)
                .setReceiveBufferSize(RECEIVE_BUFFER_BYTES)
                .setIdleTimeout(0));
  }

  /**
   * Connects and negotiates.
   *
   * @return an open connection; fails with {@link NbdException}: {@code Unreachable}, {@code
   *     Refused} (no such export, a context that the server lacks), {@code Protocol}, {@code
   *     TimedOut}
   */
  public Future<NbdConnection> connect(NbdUri uri, NbdOptions options) {
    if (uri.tls().isPresent()) {
      return Future.failedFuture(
          new NbdException.Refused(
              uri + ": TLS is not supported by this client; use nbd:// or nbd+unix://"));
    }
    // The server speaks first: on an event loop the handler is in place before the socket gets back
    // to reading.
    Context loop = SocketConnection.eventLoop(vertx);
    Promise<NbdConnection> connected = Promise.promise();
    loop.runOnContext(v ->
        sockets
            .connect(uri.server().toVertx())
            .recover(e ->
                Future.failedFuture(
                    new NbdException.Unreachable(
                        uri + ": the NBD server can't be reached (" + e.getMessage() + ")", e)))
            .compose(socket -> SocketConnection.open(vertx, socket, uri, options))
            .onComplete(connected));
    return SocketConnection.onCaller(loop, connected.future());
  }

  /** Closes every connection that is still open. */
  public Future<Void> close() {
    return sockets.close();
  }
}
