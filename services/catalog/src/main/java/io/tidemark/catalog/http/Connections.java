package io.tidemark.catalog.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;

/** What Vert.x's own interface of a connection can't do. */
final class Connections {
  private Connections() {}

  /**
   * Ends a request without waiting for what was written. Resetting or closing it would wait behind
   * bytes that a client who reads nothing never takes, and never end; so the connection is closed
   * in the channel, past Vert.x. With HTTP/2 others share the connection, and a reset overtakes.
   */
  static void cut(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_2
        && request.connection() instanceof HttpServerConnection connection) {
      var unused = connection.channelHandlerContext().close();
    } else {
      request.response().reset();
    }
  }
}
