package io.tidemark.nbd;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.Request;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What one connection is for, and how it says what went wrong.
 *
 * @param ssl how TLS is done, if the URI demands it
 */
record Session(NbdUri uri, NbdOptions options, Plan plan, Optional<SslContext> ssl) {

  /**
   * Puts TLS in front of a handler of the pipeline and begins its handshake, whose end the result
   * is. The connection's own time-out covers it.
   */
  Future<Channel> secure(ChannelHandlerContext channel, String handler) {
    int port = uri.server() instanceof NbdServerAddress.Tcp tcp ? tcp.port() : NbdUri.DEFAULT_PORT;
    SslHandler tls = ssl.orElseThrow().newHandler(channel.alloc(), uri.tlsHostname(), port);
    tls.setHandshakeTimeoutMillis(0);
    channel.pipeline().addBefore(handler, "tls", tls);
    return tls.handshakeFuture();
  }

  NbdException tooSlow() {
    return new NbdException.TimedOut(
        uri
            + ": the NBD server did not finish the handshake within "
            + options.connectTimeout().toMillis()
            + " ms");
  }

  NbdException broken(IllegalReply how) {
    return new NbdException.Protocol(
        uri + ": the NBD server breaks the protocol: " + how.getMessage());
  }

  NbdException plaintext() {
    return broken(new IllegalReply("it speaks before TLS is set up"));
  }

  NbdException closedByServer() {
    return new NbdException.Closed(
        uri + ": the NBD server closed the connection; was the export or its VM stopped?", null);
  }

  NbdException closed() {
    return new NbdException.Closed(uri + ": the connection was closed", null);
  }

  NbdException shuttingDown() {
    return new NbdException.Closed(uri + ": the NBD server is shutting down", null);
  }

  NbdException neverIdle() {
    return new NbdException.TimedOut(
        uri
            + ": the connection is closed, and what was pending has not ended within "
            + options.slowRequestTimeout().toMillis()
            + " ms");
  }

  NbdException cancelled() {
    return new NbdException.Cancelled(uri + ": the request was cancelled");
  }

  /** The socket or TLS on it broke. */
  NbdException lost(Throwable cause) {
    for (Throwable e = cause; e != null; e = e.getCause()) {
      if (e instanceof SSLException) {
        return new NbdException.Refused(
            uri
                + ": TLS with the NBD server failed ("
                + e.getMessage()
                + "); check the certificates on both sides and the name in the server's ("
                + uri.tlsHostname()
                + ")",
            cause);
      }
    }
    return new NbdException.Closed(
        uri + ": the connection to the NBD server broke (" + cause.getMessage() + ")", cause);
  }

  NbdException silent(Duration silence) {
    return new NbdException.TimedOut(
        uri
            + ": the NBD server has not answered for "
            + silence.toMillis()
            + " ms; is its storage stuck?");
  }

  NbdException timedOut(Request request, Duration limit) {
    return new NbdException.TimedOut(
        uri
            + ": the NBD server has not answered within "
            + limit.toMillis()
            + " ms for "
            + range(request));
  }

  NbdException refused(Request request, int errno, String message) {
    return new NbdException.Server(
        uri
            + ": the NBD server answers error "
            + errno
            + (message.isEmpty() ? "" : " (" + message + ")")
            + " for "
            + range(request),
        errno);
  }

  private static String range(Request request) {
    return request.lengthBytes() + " bytes at " + request.offset();
  }
}
