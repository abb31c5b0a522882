package io.tidemark.nbd;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between client and server on a unix socket, so that single connections can be cut. */
final class CuttableProxy {
  private final Path socket;
  private final List<NetSocket> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();

  CuttableProxy(Vertx vertx, Path socket, Path server) {
    this.socket = socket;
    NetClient client = vertx.createNetClient();
    NetServer listener =
        vertx
            .createNetServer()
            .connectHandler(near -> {
              accepted.incrementAndGet();
              open.add(near);
              near.closeHandler(v -> open.remove(near));
              near.pause();
              client
                  .connect(SocketAddress.domainSocketAddress(server.toString()))
                  .onSuccess(far -> {
                    var unusedThere = near.pipeTo(far);
                    var unusedBack = far.pipeTo(near);
                    near.resume();
                  })
                  .onFailure(e -> near.close());
            });
    listener.listen(SocketAddress.domainSocketAddress(socket.toString())).await();
  }

  NbdUri uri() {
    return NbdUri.unix(socket, "");
  }

  /** Connections that were made through it so far. */
  int accepted() {
    return accepted.get();
  }

  int open() {
    return open.size();
  }

  /** Cuts one of the connections that are open. */
  void cutOne() {
    open.getFirst().close().await();
  }
}
