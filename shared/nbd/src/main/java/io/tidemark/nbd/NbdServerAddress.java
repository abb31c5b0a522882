package io.tidemark.nbd;

import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;

/** Where an NBD server listens. */
public sealed interface NbdServerAddress {

  /**
   * On TCP.
   *
   * @param host name or address; an IPv6 address without brackets
   * @param port 1 to 65535
   */
  record Tcp(String host, int port) implements NbdServerAddress {
    public Tcp {
      if (host.isEmpty()) {
        throw new IllegalArgumentException("an NBD server on TCP needs a host");
      }
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("a TCP port is 1 to 65535, not " + port);
      }
    }
  }

  /**
   * On a unix socket.
   *
   * @param socket the socket's path
   */
  record Unix(Path socket) implements NbdServerAddress {
    public Unix {
      if (socket.toString().isEmpty()) {
        throw new IllegalArgumentException("the path of the NBD server's socket is empty");
      }
    }
  }

  /** The same in Vert.x's words. */
  default SocketAddress toVertx() {
    return switch (this) {
      case Tcp tcp -> SocketAddress.inetSocketAddress(tcp.port(), tcp.host());
      case Unix unix -> SocketAddress.domainSocketAddress(unix.socket().toString());
    };
  }
}
