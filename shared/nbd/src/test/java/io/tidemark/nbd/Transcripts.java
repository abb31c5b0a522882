package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import java.util.Map;

/** What servers send, piece by piece; the exports of these tests hold {@link #contentAt}. */
final class Transcripts {
  static final int SIZE = 1 << 20;
  static final int FLAGS = 0x1 | 0x4 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400 | 0x800;

  private Transcripts() {}

  static ByteBuf greeting() {
    return Unpooled.buffer()
        .writeLong(Wire.NBD_MAGIC)
        .writeLong(Wire.OPTION_MAGIC)
        .writeShort(Wire.FLAG_FIXED_NEWSTYLE | Wire.FLAG_NO_ZEROES);
  }

  /** The replies to what a client sends that opens an export with these contexts. */
  static ByteBuf opening(Dialect dialect, Map<Integer, String> contexts) {
    return opening(dialect, contexts, information(Wire.OPT_GO));
  }

  /** The same with what is told of the export. */
  static ByteBuf opening(Dialect dialect, Map<Integer, String> contexts, ByteBuf information) {
    ByteBuf out = greeting();
    if (dialect == Dialect.EXTENDED) {
      out.writeBytes(ack(Wire.OPT_EXTENDED_HEADERS));
    } else {
      out.writeBytes(error(Wire.OPT_EXTENDED_HEADERS, 1, "what?"));
      out.writeBytes(
          dialect == Dialect.STRUCTURED
              ? ack(Wire.OPT_STRUCTURED_REPLY)
              : error(Wire.OPT_STRUCTURED_REPLY, 1, ""));
    }
    if (!contexts.isEmpty()) {
      contexts.forEach((id, name) ->
          out.writeBytes(
              optionReply(Wire.OPT_SET_META_CONTEXT, Wire.REP_META_CONTEXT, context(id, name))));
      out.writeBytes(ack(Wire.OPT_SET_META_CONTEXT));
    }
    return out.writeBytes(information).writeBytes(ack(Wire.OPT_GO));
  }

  static ByteBuf information(int option) {
    return information(option, SIZE, FLAGS);
  }

  static ByteBuf information(int option, long size, int flags) {
    return information(option, size, flags, 1, 4096, 1 << 25);
  }

  static ByteBuf information(
      int option, long size, int flags, int minBlock, int preferredBlock, int maxPayload) {
    ByteBuf export =
        Unpooled.buffer().writeShort(Wire.INFO_EXPORT).writeLong(size).writeShort(flags);
    ByteBuf blocks =
        Unpooled.buffer()
            .writeShort(Wire.INFO_BLOCK_SIZE)
            .writeInt(minBlock)
            .writeInt(preferredBlock)
            .writeInt(maxPayload);
    return optionReply(option, Wire.REP_INFO, export)
        .writeBytes(optionReply(option, Wire.REP_INFO, blocks));
  }

  static ByteBuf context(int id, String name) {
    return Unpooled.buffer().writeInt(id).writeBytes(name.getBytes(UTF_8));
  }

  static ByteBuf listed(String name, String description) {
    byte[] bytes = name.getBytes(UTF_8);
    return optionReply(
        Wire.OPT_LIST,
        Wire.REP_SERVER,
        Unpooled.buffer()
            .writeInt(bytes.length)
            .writeBytes(bytes)
            .writeBytes(description.getBytes(UTF_8)));
  }

  static ByteBuf ack(int option) {
    return optionReply(option, Wire.REP_ACK, Unpooled.EMPTY_BUFFER);
  }

  static ByteBuf error(int option, int number, String message) {
    return optionReply(
        option, Wire.REP_ERROR_BIT | number, Unpooled.wrappedBuffer(message.getBytes(UTF_8)));
  }

  static ByteBuf optionReply(int option, int type, ByteBuf data) {
    return Unpooled.buffer()
        .writeLong(Wire.OPTION_REPLY_MAGIC)
        .writeInt(option)
        .writeInt(type)
        .writeInt(data.readableBytes())
        .writeBytes(data);
  }

  static ByteBuf simple(long cookie, int error, ByteBuf data) {
    return Unpooled.buffer()
        .writeInt(Wire.SIMPLE_REPLY_MAGIC)
        .writeInt(error)
        .writeLong(cookie)
        .writeBytes(data);
  }

  /**
   * @param requestOffset only extended chunks say it
   */
  static ByteBuf chunk(
      Dialect dialect, long requestOffset, long cookie, boolean last, int type, ByteBuf payload) {
    ByteBuf chunk =
        Unpooled.buffer()
            .writeInt(
                dialect == Dialect.EXTENDED
                    ? Wire.EXTENDED_REPLY_MAGIC
                    : Wire.STRUCTURED_REPLY_MAGIC)
            .writeShort(last ? Wire.REPLY_FLAG_DONE : 0)
            .writeShort(type)
            .writeLong(cookie);
    if (dialect == Dialect.EXTENDED) {
      chunk.writeLong(requestOffset).writeLong(payload.readableBytes());
    } else {
      chunk.writeInt(payload.readableBytes());
    }
    return chunk.writeBytes(payload);
  }

  /** The payload of a data chunk. */
  static ByteBuf data(long offset, int length) {
    return Unpooled.buffer().writeLong(offset).writeBytes(content(offset, length));
  }

  /** The payload of a hole chunk. */
  static ByteBuf hole(long offset, int length) {
    return Unpooled.buffer().writeLong(offset).writeInt(length);
  }

  /** The payload of a block status chunk: pairs of length and flags. */
  static ByteBuf status(Dialect dialect, int id, long... extents) {
    ByteBuf payload = Unpooled.buffer().writeInt(id);
    if (dialect == Dialect.EXTENDED) {
      payload.writeInt(extents.length / 2);
    }
    for (long number : extents) {
      if (dialect == Dialect.EXTENDED) {
        payload.writeLong(number);
      } else {
        payload.writeInt((int) number);
      }
    }
    return payload;
  }

  static ByteBuf content(long offset, int length) {
    ByteBuf content = Unpooled.buffer(length);
    for (int i = 0; i < length; i++) {
      content.writeByte(contentAt(offset + i));
    }
    return content;
  }

  /** 8 KiB to 12 KiB is a hole; all else is its position, with no zero in it. */
  static byte contentAt(long offset) {
    boolean hole = offset >= 8192 && offset < 12_288;
    return hole ? 0 : (byte) (1 + (offset * 31 + (offset >> 8)) % 255);
  }

  static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }
}
