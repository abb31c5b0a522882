package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Reads extents of an export in order, ahead of who takes them, but never more than a number of
 * blocks ahead: that many are read or wait to be taken, no matter how large the extents are.
 *
 * <p>All handlers are called on the context on which the stream was made; its methods must be
 * called there too. Reading begins when {@link #handler} is set. The first read that fails ends the
 * stream: the exception handler gets the {@link NbdException}, or the {@link
 * IllegalArgumentException} that an extent outside of the export is; the end handler is not called.
 * Setting the handler to null ends the stream as well, without a word.
 */
public final class NbdReadStream implements ReadStream<NbdBlock> {
  private final Context context;
  private final NbdConnection connection;
  private final Iterator<NbdExtent> extents;
  private final int blockBytes;
  private final int ahead;
  private final Deque<Slot> slots = new ArrayDeque<>();
  private Optional<Handler<NbdBlock>> handler = Optional.empty();
  private Handler<Throwable> exceptionHandler = e -> {};
  private Handler<Void> endHandler = v -> {};
  private NbdExtent current = new NbdExtent(0, 0, 0);
  private long demand = Long.MAX_VALUE;
  private boolean delivering;
  private boolean ended;

  /** A read under way, or done and not yet taken. */
  private static final class Slot {
    private final NbdBlock block;
    private boolean done;
    private boolean dropped;

    Slot(NbdBlock block) {
      this.block = block;
    }
  }

  private NbdReadStream(
      Context context,
      NbdConnection connection,
      Iterator<NbdExtent> extents,
      int blockBytes,
      int ahead) {
    this.context = context;
    this.connection = connection;
    this.extents = extents;
    this.blockBytes = blockBytes;
    this.ahead = ahead;
  }

  /**
   * A stream on the caller's context.
   *
   * @param extents what to read, in this order; their flags don't matter
   * @param blockBytes the most that one block has; a multiple of the export's smallest block
   * @param ahead how many blocks may be read and not yet taken, at least 1
   */
  public static NbdReadStream of(
      Vertx vertx,
      NbdConnection connection,
      Iterator<NbdExtent> extents,
      int blockBytes,
      int ahead) {
    if (ahead < 1 || blockBytes < 1 || blockBytes % connection.export().minBlockBytes() != 0) {
      throw new IllegalArgumentException(
          ahead + " blocks of " + blockBytes + " bytes can't be read");
    }
    return new NbdReadStream(vertx.getOrCreateContext(), connection, extents, blockBytes, ahead);
  }

  @Override
  public NbdReadStream handler(Handler<NbdBlock> taker) {
    handler = Optional.ofNullable(taker);
    if (handler.isPresent()) {
      context.runOnContext(v -> proceed());
    } else {
      stop();
    }
    return this;
  }

  @Override
  public NbdReadStream exceptionHandler(Handler<Throwable> taker) {
    exceptionHandler = taker == null ? e -> {} : taker;
    return this;
  }

  @Override
  public NbdReadStream endHandler(Handler<Void> taker) {
    endHandler = taker == null ? v -> {} : taker;
    return this;
  }

  @Override
  public NbdReadStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public NbdReadStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public NbdReadStream fetch(long amount) {
    demand = amount > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + amount;
    proceed();
    return this;
  }

  private void proceed() {
    if (delivering || ended || handler.isEmpty()) {
      return;
    }
    delivering = true;
    try {
      readAhead();
      while (!ended && demand > 0 && !slots.isEmpty() && slots.element().done) {
        demand -= demand == Long.MAX_VALUE ? 0 : 1;
        NbdBlock block = slots.remove().block;
        readAhead();
        handler.orElseThrow().handle(block);
      }
    } finally {
      delivering = false;
    }
    if (!ended && slots.isEmpty() && demand > 0 && !hasMore()) {
      ended = true;
      endHandler.handle(null);
    }
  }

  private void readAhead() {
    while (!ended && slots.size() < ahead && hasMore()) {
      int length = (int) Math.min(current.lengthBytes(), blockBytes);
      ByteBuf target = PooledByteBufAllocator.DEFAULT.directBuffer(length, length);
      Slot slot = new Slot(new NbdBlock(current.offset(), target));
      slots.add(slot);
      current =
          new NbdExtent(current.offset() + length, current.lengthBytes() - length, current.flags());
      read(slot.block.offset(), length, target)
          .onComplete(read -> context.runOnContext(v -> readDone(slot, read.cause())));
    }
  }

  /** An extent that the export doesn't have ends the stream like any read that fails. */
  private Future<Void> read(long offset, int length, ByteBuf target) {
    try {
      return connection.read(offset, length, target);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
  }

  private boolean hasMore() {
    while (current.lengthBytes() == 0 && extents.hasNext()) {
      current = extents.next();
    }
    return current.lengthBytes() > 0;
  }

  private void readDone(Slot slot, Throwable failure) {
    slot.done = true;
    if (slot.dropped) {
      slot.block.bytes().release();
    } else if (failure == null) {
      proceed();
    } else {
      stop();
      exceptionHandler.handle(failure);
    }
  }

  private void stop() {
    ended = true;
    for (Slot slot : slots) {
      slot.dropped = true;
      if (slot.done) {
        slot.block.bytes().release();
      }
    }
    slots.clear();
  }
}
