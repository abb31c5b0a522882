package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * What is sent behind a request's header: a piece of the caller's buffer, not a copy of it, so that
 * the buffer must stay as it is until the socket has taken the piece.
 *
 * @param bytes taken over
 * @param gone completes when the bytes are sent, or are not going to be
 */
record Payload(ByteBuf bytes, Promise<Void> gone) {
  static final Payload NONE = new Payload(Unpooled.EMPTY_BUFFER, Promise.promise());

  static Payload of(ByteBuf bytes) {
    return new Payload(bytes, Promise.promise());
  }

  boolean isEmpty() {
    return !bytes.isReadable();
  }

  /** It won't be sent. */
  void drop() {
    bytes.release();
    gone.tryComplete();
  }

  /** The same answer, but not before the caller's buffer is free. */
  <T> Future<T> outlivedBy(Future<T> answer) {
    return isEmpty() ? answer : answer.eventually(gone::future);
  }
}
