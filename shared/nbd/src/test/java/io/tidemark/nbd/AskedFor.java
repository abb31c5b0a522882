package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/** A request that a server has taken from its connection, in the compact form, whole. */
record AskedFor(
    NetSocket connection,
    int flags,
    int command,
    long cookie,
    long offset,
    long lengthBytes,
    Buffer payload) {
  private static final int HEADER_BYTES = 28;

  /** Takes the requests out of what a client sends, after its handshake, cut anywhere. */
  static Consumer<ByteBuf> parser(NetSocket connection, Consumer<AskedFor> behaviour) {
    ByteBuf received = Unpooled.buffer();
    int[] greeted = new int[1];
    return bytes -> {
      received.discardReadBytes().writeBytes(bytes);
      if (greeted[0] == 0 && received.readableBytes() >= 4) {
        greeted[0] = received.readInt();
      }
      while (greeted[0] != 0 && takeOption(received)) {
        // Each round takes one option.
      }
      while (greeted[0] != 0 && takeRequest(connection, received, behaviour)) {
        // Each round takes one request.
      }
    };
  }

  private static boolean takeOption(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 16
        || in.getLong(start) != Wire.OPTION_MAGIC
        || in.readableBytes() < 16 + in.getInt(start + 12)) {
      return false;
    }
    in.skipBytes(16 + in.getInt(start + 12));
    return true;
  }

  private static boolean takeRequest(
      NetSocket connection, ByteBuf in, Consumer<AskedFor> behaviour) {
    int start = in.readerIndex();
    if (in.readableBytes() < HEADER_BYTES || in.getInt(start) != Wire.REQUEST_MAGIC) {
      return false;
    }
    int command = in.getUnsignedShort(start + 6);
    long length = in.getUnsignedInt(start + 24);
    byte[] payload = new byte[command == Wire.CMD_WRITE ? (int) length : 0];
    if (in.readableBytes() < HEADER_BYTES + payload.length) {
      return false;
    }
    in.skipBytes(HEADER_BYTES).readBytes(payload);
    ByteBuf header = in.slice(start, HEADER_BYTES);
    behaviour.accept(
        new AskedFor(
            connection,
            header.getUnsignedShort(4),
            command,
            header.getLong(8),
            header.getLong(16),
            length,
            Buffer.buffer(payload)));
    return true;
  }

  /** With a simple reply: the content of the disk if it is a read. */
  void succeed() {
    boolean read = command == Wire.CMD_READ;
    ByteBuf content = read ? Transcripts.content(offset, (int) lengthBytes) : Unpooled.EMPTY_BUFFER;
    answer(Transcripts.simple(cookie, 0, content));
  }

  /** With a simple reply. */
  void fail(int errno) {
    answer(Transcripts.simple(cookie, errno, Unpooled.EMPTY_BUFFER));
  }

  void answer(ByteBuf reply) {
    var unused = connection.write(FakeServer.buffer(reply));
  }
}
