package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;

/**
 * The transmission phase from the client's side: simple replies and structured reply chunks, fed
 * with bytes as they come, cut anywhere. Headers are gathered in a small buffer, payload of reads
 * goes straight to its request. Throws {@link IllegalReply} at the first thing that the protocol
 * forbids.
 */
final class ReplyDecoder {
  private static final int SIMPLE_HEADER = 16;
  private static final int STRUCTURED_HEADER = 20;

  /** "Block status chunk": at most 2^20 extents are sensible. */
  private static final long MAX_STATUS_BYTES = 4 + 8L * (1 << 20);

  private static final int MAX_ERROR_BYTES = 14 + Wire.MAX_STRING_BYTES;
  private static final int EXTENT_BYTES = 8;

  /** Which requests are in flight, and what to do with them. */
  interface Pending {
    /** The request of that cookie; throws {@link IllegalReply} if there is none. */
    Request find(long cookie);

    /** The request has had its last answer and is forgotten. */
    Request finish(long cookie);

    /** The server answered with an error. */
    void failed(Request request, int errno, String message);
  }

  private enum State {
    MAGIC,
    SIMPLE,
    STRUCTURED,
    DATA_OFFSET,
    DATA,
    HOLE,
    STATUS_ID,
    STATUS_EXTENT,
    ERROR
  }

  private record ErrorReply(int errno, String message) {}

  private final boolean structuredReplies;
  private final Pending pending;
  private final ByteBuf head = Unpooled.buffer(MAX_ERROR_BYTES, MAX_ERROR_BYTES);
  private final Map<Long, ErrorReply> errors = new HashMap<>();
  private State state = State.MAGIC;
  private int need = 4;
  private long cookie;
  private boolean done;
  private boolean errorOffset;
  private long remaining;
  private int dataIndex;
  private Extents extents = new Extents();

  ReplyDecoder(boolean structuredReplies, Pending pending) {
    this.structuredReplies = structuredReplies;
    this.pending = pending;
  }

  /** Takes all that is readable. */
  void receive(ByteBuf in) {
    while (in.isReadable()) {
      if (state == State.DATA) {
        takeData(in);
      } else {
        head.writeBytes(in, Math.min(in.readableBytes(), need - head.readableBytes()));
        if (head.readableBytes() == need) {
          takeHead();
        }
      }
    }
  }

  private void takeHead() {
    switch (state) {
      case MAGIC -> takeMagic();
      case SIMPLE -> takeSimple();
      case STRUCTURED -> takeChunkHeader();
      case DATA_OFFSET -> takeDataOffset();
      case HOLE -> takeHole();
      case STATUS_ID -> takeStatusId();
      case STATUS_EXTENT -> takeExtent();
      case ERROR -> takeError();
      case DATA -> throw new IllegalStateException("data is not gathered");
    }
  }

  private void takeMagic() {
    int magic = head.getInt(0);
    if (magic == Wire.SIMPLE_REPLY_MAGIC) {
      gatherMore(State.SIMPLE, SIMPLE_HEADER);
    } else if (magic == Wire.STRUCTURED_REPLY_MAGIC && structuredReplies) {
      gatherMore(State.STRUCTURED, STRUCTURED_HEADER);
    } else {
      throw new IllegalReply("a reply has the wrong magic 0x" + Integer.toHexString(magic));
    }
  }

  private void takeSimple() {
    int error = head.getInt(4);
    cookie = head.getLong(8);
    done = true;
    Request request = pending.find(cookie);
    boolean carriesData = request.command() == Wire.CMD_READ;
    if (structuredReplies && (carriesData || request.command() == Wire.CMD_BLOCK_STATUS)) {
      throw new IllegalReply("a request that needs a structured reply gets a simple one");
    }
    if (error != 0) {
      pending.failed(pending.finish(cookie), error, "");
      gather(State.MAGIC, 4);
    } else if (request instanceof Request.Read read) {
      startData(read, read.offset(), read.lengthBytes());
    } else {
      endChunk();
    }
  }

  private void takeChunkHeader() {
    int flags = head.getUnsignedShort(4);
    int type = head.getUnsignedShort(6);
    cookie = head.getLong(8);
    remaining = head.getUnsignedInt(16);
    done = (flags & Wire.REPLY_FLAG_DONE) != 0;
    Request request = pending.find(cookie);
    if ((type & Wire.CHUNK_ERROR_BIT) != 0) {
      startError(type);
      return;
    }
    switch (type) {
      case Wire.CHUNK_NONE -> takeNone();
      case Wire.CHUNK_OFFSET_DATA -> {
        requireRead(request);
        requireLength(remaining >= 9 && remaining - 8 <= request.lengthBytes());
        gather(State.DATA_OFFSET, 8);
      }
      case Wire.CHUNK_OFFSET_HOLE -> {
        requireRead(request);
        requireLength(remaining == 12);
        gather(State.HOLE, 12);
      }
      case Wire.CHUNK_BLOCK_STATUS -> {
        requireStatus(request);
        requireLength(
            remaining >= 4 + EXTENT_BYTES
                && remaining <= MAX_STATUS_BYTES
                && (remaining - 4) % EXTENT_BYTES == 0);
        gather(State.STATUS_ID, 4);
      }
      default -> throw new IllegalReply("a chunk has the unknown type " + type);
    }
  }

  private void takeNone() {
    requireLength(remaining == 0 && done);
    endChunk();
  }

  private void takeDataOffset() {
    long offset = head.getLong(0);
    startData(requireRead(pending.find(cookie)), offset, remaining - 8);
  }

  private void startData(Request.Read read, long offset, long length) {
    dataIndex = read.claim(offset, length);
    remaining = length;
    gather(State.DATA, 0);
  }

  private void takeData(ByteBuf in) {
    int bytes = (int) Math.min(remaining, in.readableBytes());
    requireRead(pending.find(cookie)).put(dataIndex, in, bytes);
    dataIndex += bytes;
    remaining -= bytes;
    if (remaining == 0) {
      endChunk();
    }
  }

  private void takeHole() {
    requireRead(pending.find(cookie)).hole(head.getLong(0), head.getUnsignedInt(8));
    endChunk();
  }

  private void takeStatusId() {
    extents = requireStatus(pending.find(cookie)).context(head.getInt(0));
    remaining -= 4;
    gather(State.STATUS_EXTENT, EXTENT_BYTES);
  }

  private void takeExtent() {
    extents.add(head.getUnsignedInt(0), head.getInt(4), pending.find(cookie).lengthBytes());
    remaining -= EXTENT_BYTES;
    if (remaining == 0) {
      endChunk();
    } else {
      gather(State.STATUS_EXTENT, EXTENT_BYTES);
    }
  }

  private void startError(int type) {
    errorOffset = type == Wire.CHUNK_ERROR_OFFSET;
    requireLength(remaining >= (errorOffset ? 14 : 6) && remaining <= MAX_ERROR_BYTES);
    gather(State.ERROR, (int) remaining);
  }

  private void takeError() {
    int errno = head.getInt(0);
    int messageBytes = head.getUnsignedShort(4);
    if (errno == 0 || messageBytes > remaining - (errorOffset ? 14 : 6)) {
      throw new IllegalReply("an error chunk is malformed");
    }
    String message = Text.printable(head.toString(6, messageBytes, UTF_8));
    // The first error decides, but only the last chunk frees the request: until then data may come
    // for its buffer.
    errors.putIfAbsent(cookie, new ErrorReply(errno, message));
    endChunk();
  }

  private void endChunk() {
    if (done) {
      ErrorReply error = errors.remove(cookie);
      Request request = pending.finish(cookie);
      if (error == null) {
        request.complete();
      } else {
        pending.failed(request, error.errno(), error.message());
      }
    }
    gather(State.MAGIC, 4);
  }

  private void gather(State next, int bytes) {
    head.clear();
    gatherMore(next, bytes);
  }

  private void gatherMore(State next, int bytes) {
    state = next;
    need = bytes;
  }

  private static Request.Read requireRead(Request request) {
    if (request instanceof Request.Read read) {
      return read;
    }
    throw new IllegalReply("data for a request that is no read");
  }

  private static Request.BlockStatus requireStatus(Request request) {
    if (request instanceof Request.BlockStatus status) {
      return status;
    }
    throw new IllegalReply("block status for a request that did not ask for it");
  }

  private static void requireLength(boolean fits) {
    if (!fits) {
      throw new IllegalReply("a chunk has a wrong length");
    }
  }
}
