package io.tidemark.nbd.protocol;

import io.netty.buffer.ByteBuf;

/** The forms of requests and replies, of which a connection's handshake settles on one. */
public enum Dialect {
  /** "Simple reply message": nothing was negotiated. */
  SIMPLE(28),
  /** "Structured reply chunk message", and simple replies where no payload comes. */
  STRUCTURED(28),
  /** "Extended headers": requests and replies with lengths of 64 bits; no simple replies. */
  EXTENDED(32);

  /** The largest multiple of any block size that fits 32 bits. */
  private static final long MAX_COMPACT_LENGTH = (1L << 32) - (1L << 16);

  private final int requestBytes;

  Dialect(int requestBytes) {
    this.requestBytes = requestBytes;
  }

  /** Length of a request's header. */
  public int requestBytes() {
    return requestBytes;
  }

  /** The most that a request without payload may span; a multiple of any block size. */
  public long maxLength() {
    return this == EXTENDED ? 1L << 62 : MAX_COMPACT_LENGTH;
  }

  /** Whether a read may be asked for in one piece, and metadata contexts be selected. */
  public boolean hasChunks() {
    return this != SIMPLE;
  }

  /** Writes a request's header. */
  public void writeRequest(ByteBuf out, long cookie, Request request) {
    boolean extended = this == EXTENDED;
    // "Extended headers": whatever carries a payload must say so.
    int payload = extended && request.command() == Wire.CMD_WRITE ? Wire.CMD_FLAG_PAYLOAD_LEN : 0;
    out.writeInt(extended ? Wire.EXTENDED_REQUEST_MAGIC : Wire.REQUEST_MAGIC)
        .writeShort(request.flags() | payload)
        .writeShort(request.command())
        .writeLong(cookie)
        .writeLong(request.offset());
    if (extended) {
      out.writeLong(request.lengthBytes());
    } else {
      out.writeInt((int) request.lengthBytes());
    }
  }
}
