package io.tidemark.nbd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;

/**
 * The transmission phase from the client's side: simple replies, structured and extended reply
 * chunks, fed with bytes as they come, cut anywhere. Headers are gathered in a small buffer,
 * payload of reads goes straight to its request. Throws {@link IllegalReply} at the first thing
 * that the protocol forbids.
 */
public final class ReplyDecoder {
  private static final int SIMPLE_HEADER = 16;
  private static final int STRUCTURED_HEADER = 20;
  private static final int EXTENDED_HEADER = 32;

  /** "Block status chunk": more are not sensible. */
  private static final long MAX_EXTENTS = 1 << 20;

  /** Which requests are in flight, and what to do with them. */
  public interface Pending {
    /** The request of that cookie; throws {@link IllegalReply} if there is none. */
    Request find(long cookie);

    /** The request has had its last answer, no error, and is forgotten. */
    Request finish(long cookie);

    /** The request has had its last answer, an error, and is forgotten. */
    void failed(long cookie, int errno, String message);
  }

  private enum State {
    MAGIC,
    SIMPLE,
    CHUNK,
    DATA_OFFSET,
    DATA,
    HOLE,
    STATUS_ID,
    STATUS_EXTENT,
    ERROR
  }

  private final Dialect dialect;
  private final Pending pending;
  private final ByteBuf head = Unpooled.buffer(ErrorChunks.MAX_BYTES, ErrorChunks.MAX_BYTES);
  private final ErrorChunks errors = new ErrorChunks();
  private State state = State.MAGIC;
  private int need = 4;
  private long cookie;
  private boolean done;
  private int errorType;
  private long remaining;
  private int dataIndex;
  private Extents extents = new Extents(false, 1);

  public ReplyDecoder(Dialect dialect, Pending pending) {
    this.dialect = dialect;
    this.pending = pending;
  }

  /** Takes all that is readable. */
  public void receive(ByteBuf in) {
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

  /**
   * Where the next bytes belong, if they are payload of a read and at least {@code leastBytes} of
   * it are to come. What is read into it is told with {@link #received}, before anything else is.
   *
   * @return retained and empty; takes no more than what is to come
   */
  public Optional<ByteBuf> place(int leastBytes) {
    return state == State.DATA && remaining >= leastBytes
        ? requireRead(pending.find(cookie)).place(dataIndex, (int) remaining)
        : Optional.empty();
  }

  /** How many bytes of payload or extents are sure to come next; 0 between replies. */
  public long expectedBytes() {
    return state == State.DATA || state == State.STATUS_EXTENT ? remaining : 0;
  }

  /** So many bytes were read into the last {@link #place}. */
  public void received(int bytes) {
    dataArrived(requireRead(pending.find(cookie)), bytes);
  }

  private void takeHead() {
    switch (state) {
      case MAGIC -> takeMagic();
      case SIMPLE -> takeSimple();
      case CHUNK -> takeChunkHeader();
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
    if (magic == Wire.SIMPLE_REPLY_MAGIC && dialect != Dialect.EXTENDED) {
      gatherMore(State.SIMPLE, SIMPLE_HEADER);
    } else if (magic == Wire.STRUCTURED_REPLY_MAGIC && dialect == Dialect.STRUCTURED) {
      gatherMore(State.CHUNK, STRUCTURED_HEADER);
    } else if (magic == Wire.EXTENDED_REPLY_MAGIC && dialect == Dialect.EXTENDED) {
      gatherMore(State.CHUNK, EXTENDED_HEADER);
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
    // "Structured replies": whatever carries payload; a read's error has to be structured too.
    boolean carriesStatus = request.command() == Wire.CMD_BLOCK_STATUS && error == 0;
    if (dialect.hasChunks() && (carriesData || carriesStatus)) {
      throw new IllegalReply("a request that needs a structured reply gets a simple one");
    }
    if (error != 0) {
      pending.failed(cookie, error, "");
      gather(State.MAGIC, 4);
    } else if (request instanceof Request.Read read) {
      startData(read, read.offset(), read.lengthBytes());
    } else {
      endChunk();
    }
  }

  private void takeChunkHeader() {
    int type = head.getUnsignedShort(6);
    cookie = head.getLong(8);
    done = (head.getUnsignedShort(4) & Wire.REPLY_FLAG_DONE) != 0;
    Request request = pending.find(cookie);
    if (dialect == Dialect.EXTENDED) {
      if (head.getLong(16) != request.offset()) {
        throw new IllegalReply("a chunk names another offset than its request");
      }
      remaining = head.getLong(24);
    } else {
      remaining = head.getUnsignedInt(16);
    }
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
      case Wire.CHUNK_BLOCK_STATUS, Wire.CHUNK_BLOCK_STATUS_EXT -> startStatus(type, request);
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
    Request.Read read = requireRead(pending.find(cookie));
    read.put(dataIndex, in, bytes);
    dataArrived(read, bytes);
  }

  private void dataArrived(Request.Read read, int bytes) {
    read.arrived(dataIndex, bytes);
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

  private void startStatus(int type, Request request) {
    requireStatus(request);
    // "Extended headers": the 64-bit form is used with them, and only with them.
    if ((type == Wire.CHUNK_BLOCK_STATUS_EXT) != (dialect == Dialect.EXTENDED)) {
      throw new IllegalReply("block status comes in the form that was not negotiated");
    }
    long extentsBytes = remaining - statusHeadBytes();
    requireLength(
        extentsBytes >= extentBytes()
            && extentsBytes <= MAX_EXTENTS * extentBytes()
            && extentsBytes % extentBytes() == 0);
    gather(State.STATUS_ID, statusHeadBytes());
  }

  private void takeStatusId() {
    extents = requireStatus(pending.find(cookie)).context(head.getInt(0));
    remaining -= statusHeadBytes();
    requireLength(
        dialect != Dialect.EXTENDED || head.getUnsignedInt(4) == remaining / extentBytes());
    gather(State.STATUS_EXTENT, extentBytes());
  }

  private void takeExtent() {
    boolean wide = dialect == Dialect.EXTENDED;
    extents.add(
        wide ? head.getLong(0) : head.getUnsignedInt(0),
        wide ? head.getLong(8) : head.getUnsignedInt(4),
        pending.find(cookie).lengthBytes());
    remaining -= extentBytes();
    if (remaining == 0) {
      endChunk();
    } else {
      gather(State.STATUS_EXTENT, extentBytes());
    }
  }

  private int statusHeadBytes() {
    return dialect == Dialect.EXTENDED ? 8 : 4;
  }

  private int extentBytes() {
    return dialect == Dialect.EXTENDED ? 16 : 8;
  }

  private void startError(int type) {
    errorType = type;
    requireLength(ErrorChunks.lengthFits(type, remaining));
    gather(State.ERROR, (int) remaining);
  }

  private void takeError() {
    errors.take(errorType, cookie, pending.find(cookie), head);
    endChunk();
  }

  private void endChunk() {
    if (done) {
      Optional<ErrorChunks.Failure> error = errors.remove(cookie);
      if (error.isEmpty()) {
        // While it is still pending, so that it fails with the connection.
        pending.find(cookie).requireComplete();
        pending.finish(cookie).complete();
      } else {
        pending.failed(cookie, error.get().errno(), error.get().message());
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
