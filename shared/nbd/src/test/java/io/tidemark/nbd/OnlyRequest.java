package io.tidemark.nbd;

import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;

/** One request that every reply belongs to, and that the server must not refuse. */
record OnlyRequest(Request request) implements ReplyDecoder.Pending {
  @Override
  public Request find(long cookie) {
    return request;
  }

  @Override
  public Request finish(long cookie) {
    return request;
  }

  @Override
  public void failed(long cookie, int errno, String message) {
    throw new AssertionError(message);
  }
}
