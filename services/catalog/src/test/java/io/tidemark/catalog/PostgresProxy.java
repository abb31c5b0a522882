package io.tidemark.catalog;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a PostgreSQL that can be cut and mended. */
final class PostgresProxy {
  private final Vertx vertx;
  private final URI target;
  private final NetClient client;
  private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
  private NetServer server;
  private int port;

  PostgresProxy(Vertx vertx, String uri) {
    this.vertx = vertx;
    this.target = URI.create(uri);
    this.client = vertx.createNetClient();
    mend();
  }

  /** The URI of the same database by way of this proxy. */
  String uri() {
    return target.toString().replace(":" + target.getPort() + "/", ":" + port + "/");
  }

  /** From now on the database can't be reached. */
  void cut() {
    server.close().await();
    sockets.forEach(NetSocket::close);
  }

  /** And now it can again. */
  void mend() {
    server = vertx.createNetServer().connectHandler(this::connect);
    port = server.listen(port, "127.0.0.1").await().actualPort();
  }

  private void connect(NetSocket socket) {
    sockets.add(socket);
    socket.pause();
    Future<NetSocket> connected = client.connect(target.getPort(), target.getHost());
    connected
        .onSuccess(other -> {
          sockets.add(other);
          socket.pipeTo(other);
          other.pipeTo(socket);
        })
        .onFailure(failure -> socket.close());
  }
}
