package io.tidemark.nbd.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The errors that requests in flight have met so far ("Error chunk types"). The first one of a
 * request decides, but only the last chunk frees it: until then data may come for its buffer.
 */
final class ErrorChunks {
  /** The longest error chunk: number, length, text, offset. */
  static final int MAX_BYTES = 14 + Wire.MAX_STRING_BYTES;

  /** A server may name one error for each piece of a read, but not go on for ever. */
  private static final int MAX_PER_REQUEST = 1000;

  /** What goes wrong with a request. */
  record Failure(int errno, String message, int count) {}

  private final Map<Long, Failure> failures = new HashMap<>();

  static boolean lengthFits(int type, long length) {
    return length >= fixedBytes(type) && length <= MAX_BYTES;
  }

  /** Takes a whole chunk of that type for {@code request}. */
  void take(int type, long cookie, Request request, ByteBuf chunk) {
    int errno = chunk.getInt(0);
    int messageBytes = chunk.getUnsignedShort(4);
    if (errno == 0 || messageBytes > chunk.readableBytes() - fixedBytes(type)) {
      throw new IllegalReply("an error chunk is malformed");
    }
    if (type == Wire.CHUNK_ERROR_OFFSET) {
      requireInside(request, chunk.getLong(6 + messageBytes));
    }
    Failure known = failures.get(cookie);
    if (known == null) {
      String message = Text.printable(chunk.toString(6, messageBytes, UTF_8));
      failures.put(cookie, new Failure(errno, message, 1));
    } else if (known.count() < MAX_PER_REQUEST) {
      failures.put(cookie, new Failure(known.errno(), known.message(), known.count() + 1));
    } else {
      throw new IllegalReply("the errors of a request don't end");
    }
  }

  /** The request is over: what went wrong with it, if anything. */
  Optional<Failure> remove(long cookie) {
    return Optional.ofNullable(failures.remove(cookie));
  }

  private static int fixedBytes(int type) {
    return type == Wire.CHUNK_ERROR_OFFSET ? 14 : 6;
  }

  private static void requireInside(Request request, long offset) {
    if (offset < request.offset() || offset - request.offset() >= request.lengthBytes()) {
      throw new IllegalReply("an error lies outside of its request");
    }
  }
}
