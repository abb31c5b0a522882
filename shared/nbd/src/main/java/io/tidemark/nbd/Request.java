package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Promise;

/**
 * A request in flight, and what has come back of it so far. Lives on the connection's event loop.
 */
sealed interface Request {

  /** One of the CMD numbers. */
  int command();

  /** Command flags as sent. */
  int flags();

  long offset();

  /** As sent, at most 2^32 - 1. */
  long lengthBytes();

  /** Fails it, once and for all. */
  void fail(Throwable cause);

  /**
   * The server has said its last word and it was no error. Throws {@link IllegalReply} if something
   * is missing.
   */
  void complete();

  /** READ: bytes arrive in any order, straight into the caller's buffer. */
  final class Read implements Request {
    private final long offset;
    private final int length;
    private final int flags;
    private final ByteBuf target;
    private final int targetIndex;
    private final Coverage coverage;
    private final Promise<Void> promise;

    /**
     * @param target where the bytes go, from index {@code targetIndex}
     */
    Read(long offset, int length, int flags, ByteBuf target, int targetIndex, Promise<Void> done) {
      this.offset = offset;
      this.length = length;
      this.flags = flags;
      this.target = target;
      this.targetIndex = targetIndex;
      this.coverage = new Coverage(length);
      this.promise = done;
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
     * Claims a range for a chunk before its bytes are taken; returns where in the target it begins.
     */
    int claim(long chunkOffset, long chunkLength) {
      long start = chunkOffset - offset;
      if (chunkLength <= 0 || start < 0 || start > length - chunkLength) {
        throw new IllegalReply("a chunk lies outside of its request");
      }
      coverage.add(start, chunkLength);
      return targetIndex + (int) start;
    }

    void put(int index, ByteBuf in, int bytes) {
      target.setBytes(index, in, bytes);
    }

    void hole(long chunkOffset, long chunkLength) {
      target.setZero(claim(chunkOffset, chunkLength), (int) chunkLength);
    }

    @Override
    public void complete() {
      if (!coverage.complete()) {
        throw new IllegalReply("a read is answered in part only");
      }
      promise.tryComplete();
    }

    @Override
    public void fail(Throwable cause) {
      promise.tryFail(cause);
    }
  }

  /** BLOCK_STATUS: one chunk per context. */
  final class BlockStatus implements Request {
    private final long offset;
    private final long length;
    private final int contextId;
    private final int contexts;
    private final Promise<Extents> promise;
    private final java.util.Set<Integer> seen = new java.util.HashSet<>();
    private Extents extents = new Extents();

    BlockStatus(long offset, long length, int contextId, int contexts, Promise<Extents> done) {
      this.offset = offset;
      this.length = length;
      this.contextId = contextId;
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
      if (!seen.add(id)) {
        throw new IllegalReply("a metadata context answers twice");
      }
      Extents of = new Extents();
      if (id == contextId) {
        extents = of;
      }
      return of;
    }

    @Override
    public void complete() {
      // A context that says nothing must not be taken for one that has nothing to say.
      if (seen.size() != contexts || extents.count() == 0) {
        throw new IllegalReply("block status lacks a metadata context");
      }
      promise.tryComplete(extents);
    }

    @Override
    public void fail(Throwable cause) {
      promise.tryFail(cause);
    }
  }

  /** Commands whose answer carries no data: WRITE, WRITE_ZEROES, FLUSH. */
  record Plain(int command, int flags, long offset, long lengthBytes, Promise<Void> promise)
      implements Request {
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
