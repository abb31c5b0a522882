package io.tidemark.nbd.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request in flight, and what has come back of it so far. Lives on the connection's event loop.
 */
public sealed interface Request {

  /** One of the CMD numbers. */
  int command();

  /** Command flags as sent. */
  int flags();

  /** As sent. */
  long offset();

  /** As sent. */
  long lengthBytes();

  /**
   * Fails it, once and for all. If its answer still comes it is checked as any other, but not
   * looked at: the caller's buffer is left alone from now on.
   */
  void fail(Throwable cause);

  /**
   * The server has said its last word and it was no error: throws {@link IllegalReply} if something
   * is missing.
   */
  void requireComplete();

  /** Tells whoever waits for it. */
  void complete();

  /** Bytes of payload that travel in either direction. */
  default long payloadBytes() {
    return command() == Wire.CMD_READ || command() == Wire.CMD_WRITE ? lengthBytes() : 0;
  }

  /** READ: bytes arrive in any order, straight into the caller's buffer. */
  final class Read implements Request {
    private final long offset;
    private final int length;
    private final int flags;
    private final ByteBuf room;
    private final boolean placeable;
    private final Coverage coverage;
    private final Optional<ZeroTest> zeroTest;
    private final Promise<Content> promise;
    private long holeBytes;
    private boolean abandoned;

    /**
     * @param target where the bytes go, from index {@code targetIndex}; not released before the
     *     read is done
     * @param testsZero whether to find out if all bytes are zero
     * @param done completes with what is known of the bytes
     */
    public Read(
        long offset,
        int length,
        int flags,
        ByteBuf target,
        int targetIndex,
        boolean testsZero,
        Promise<Content> done) {
      this.offset = offset;
      this.length = length;
      this.flags = flags;
      // A buffer keeps one cursor for all who move bytes between it and a channel, its slices
      // included. Other slices may be filled by other connections, on other threads, meanwhile.
      this.placeable = target.nioBufferCount() == 1;
      this.room =
          placeable
              ? Unpooled.wrappedBuffer(target.nioBuffer(targetIndex, length))
              : target.slice(targetIndex, length);
      this.coverage = new Coverage(length);
      this.zeroTest = testsZero ? Optional.of(new ZeroTest()) : Optional.empty();
      this.promise = done;
    }

    /**
     * What is known of the bytes that were read.
     *
     * @param holeBytes how many came as holes
     * @param zero whether all are zero; false unless that was to be found out
     */
    public record Content(long holeBytes, boolean zero) {
      public static final Content NONE = new Content(0, true);

      /** What is known of these and others together. */
      public Content and(Content others) {
        return new Content(holeBytes + others.holeBytes, zero && others.zero);
      }
    }

    @Override
    public int command() {
      return Wire.CMD_READ;
    }

    @Override
    public int flags() {
      return flags;
    }

    @Override
    public long offset() {
      return offset;
    }

    @Override
    public long lengthBytes() {
      return length;
    }

    /**
     * Claims a range for a chunk before its bytes are taken; returns where in the read it begins.
     */
    int claim(long chunkOffset, long chunkLength) {
      long start = chunkOffset - offset;
      if (chunkLength <= 0 || start < 0 || start > length - chunkLength) {
        throw new IllegalReply("a chunk lies outside of its request");
      }
      coverage.add(start, chunkLength);
      return (int) start;
    }

    void put(int index, ByteBuf in, int bytes) {
      if (abandoned) {
        in.skipBytes(bytes);
      } else {
        room.setBytes(index, in, bytes);
      }
    }

    /**
     * The place of claimed bytes in the caller's buffer, retained and empty, so that a socket can
     * be read straight into it; nothing if the caller has its buffer back, or made it of several.
     */
    Optional<ByteBuf> place(int index, int bytes) {
      return abandoned || !placeable
          ? Optional.empty()
          : Optional.of(room.retainedSlice(index, bytes).clear());
    }

    /** Claimed bytes are in the caller's buffer, unless that has it back. */
    void arrived(int index, int bytes) {
      if (!abandoned) {
        zeroTest.ifPresent(test -> test.look(room, index, bytes));
      }
    }

    void hole(long chunkOffset, long chunkLength) {
      int index = claim(chunkOffset, chunkLength);
      holeBytes += chunkLength;
      if (!abandoned) {
        room.setZero(index, (int) chunkLength);
      }
    }

    @Override
    public void requireComplete() {
      if (!coverage.complete()) {
        throw new IllegalReply("a read is answered in part only");
      }
    }

    @Override
    public void complete() {
      boolean zero = zeroTest.map(ZeroTest::passed).orElse(false);
      promise.tryComplete(new Content(holeBytes, zero));
    }

    @Override
    public void fail(Throwable cause) {
      abandoned = true;
      promise.tryFail(cause);
    }
  }

  /** BLOCK_STATUS: one chunk per context. */
  final class BlockStatus implements Request {
    private final long offset;
    private final long length;
    private final int blockBytes;
    private final Map<Integer, String> contexts;
    private final Promise<Map<String, Extents>> promise;
    private final Map<String, Extents> answers = new HashMap<>();

    /**
     * @param blockBytes the export's smallest block
     * @param contexts the names of the selected contexts by the ids that the server gave them
     */
    public BlockStatus(
        long offset,
        long length,
        int blockBytes,
        Map<Integer, String> contexts,
        Promise<Map<String, Extents>> done) {
      this.offset = offset;
      this.length = length;
      this.blockBytes = blockBytes;
      this.contexts = contexts;
      this.promise = done;
    }

    @Override
    public int command() {
      return Wire.CMD_BLOCK_STATUS;
    }

    @Override
    public int flags() {
      return 0;
    }

    @Override
    public long offset() {
      return offset;
    }

    @Override
    public long lengthBytes() {
      return length;
    }

    /** A context's chunk begins; returns where its extents go. */
    Extents context(int id) {
      String name = contexts.get(id);
      if (name == null) {
        throw new IllegalReply("block status for a metadata context that was not selected");
      }
      boolean narrow = name.startsWith("base:") || name.startsWith("qemu:");
      Extents extents = new Extents(narrow, blockBytes);
      if (answers.putIfAbsent(name, extents) != null) {
        throw new IllegalReply("a metadata context answers twice");
      }
      return extents;
    }

    @Override
    public void requireComplete() {
      // A context that says nothing must not be taken for one that has nothing to say.
      if (answers.size() != contexts.size()) {
        throw new IllegalReply("block status lacks a metadata context");
      }
    }

    @Override
    public void complete() {
      promise.tryComplete(answers);
    }

    @Override
    public void fail(Throwable cause) {
      promise.tryFail(cause);
    }
  }

  /** Commands whose answer carries no data: all but READ and BLOCK_STATUS. */
  record Plain(int command, int flags, long offset, long lengthBytes, Promise<Void> promise)
      implements Request {
    @Override
    public void requireComplete() {
      // There is nothing but the end of it.
    }

    @Override
    public void complete() {
      promise.tryComplete();
    }

    @Override
    public void fail(Throwable cause) {
      promise.tryFail(cause);
    }
  }
}
