package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A server that says what a test tells it to. */
final class FakeServer {
  private static final Buffer REQUEST = Buffer.buffer().appendInt(Wire.REQUEST_MAGIC);

  private final Path socket;

  private FakeServer(Path socket) {
    this.socket = socket;
  }

  /**
   * @param behaviour what it does with a new connection
   */
  static FakeServer start(Vertx vertx, Path socket, Consumer<NetSocket> behaviour) {
    vertx
        .createNetServer()
        .connectHandler(behaviour::accept)
        .listen(SocketAddress.domainSocketAddress(socket.toString()))
        .await();
    return new FakeServer(socket);
  }

  /** Says this at once, and goes on with {@code then} when the first request is there. */
  static Consumer<NetSocket> greet(byte[] handshake, Consumer<NetSocket> then) {
    return connection -> {
      Buffer received = Buffer.buffer();
      connection.handler(bytes -> {
        boolean before = contains(received);
        received.appendBuffer(bytes);
        if (!before && contains(received)) {
          then.accept(connection);
        }
      });
      connection.write(Buffer.buffer(handshake));
    };
  }

  /** Says this at once, and hands over each request that comes, the leave included. */
  static Consumer<NetSocket> answer(byte[] handshake, Consumer<AskedFor> behaviour) {
    return connection -> {
      Consumer<ByteBuf> parser = AskedFor.parser(connection, behaviour);
      connection.handler(bytes -> parser.accept(Unpooled.wrappedBuffer(bytes.getBytes())));
      connection.write(Buffer.buffer(handshake));
    };
  }

  /** The same without the leave, which asks for no answer. */
  static Consumer<NetSocket> answerRequests(byte[] handshake, Consumer<AskedFor> behaviour) {
    return answer(
        handshake,
        request -> {
          if (request.command() != Wire.CMD_DISC) {
            behaviour.accept(request);
          }
        });
  }

  static Buffer buffer(ByteBuf bytes) {
    return Buffer.buffer(Transcripts.bytes(bytes));
  }

  NbdUri uri() {
    return NbdUri.unix(socket, "disk");
  }

  private static boolean contains(Buffer received) {
    for (int at = 0; at + 4 <= received.length(); at++) {
      if (received.getInt(at) == REQUEST.getInt(0)) {
        return true;
      }
    }
    return false;
  }
}
