package io.tidemark.nbd;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.tidemark.nbd.protocol.ReplyDecoder;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a socket is read into: the buffer of the caller that waits for these very bytes, where it is
 * known, so that payload is not copied. One for each connection; lives on its event loop.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Most that is read at once into a buffer of our own. */
  private static final int LARGEST_BYTES = 256 << 10;

  /** Room for a few replies; the payload behind them is read to where it belongs. */
  private static final int HEADER_BYTES = 4 << 10;

  /** Less payload than this is copied: a read of its own would cost more. */
  private static final int LEAST_PLACED_BYTES = 16 << 10;

  /**
   * Reads that follow one another, each of which fills its buffer, before the socket is waited for
   * again: as Netty does with sockets, but not with allocators that don't say so.
   */
  private static final int READS_AT_ONCE = 16;

  private final Supplier<Optional<ReplyDecoder>> decoder;
  private boolean inPlace;

  /**
   * @param decoder what takes the socket's bytes as they are; empty while that is something else,
   *     as in the handshake and with TLS
   */
  ReceiveBuffers(Supplier<Optional<ReplyDecoder>> decoder) {
    super(READS_AT_ONCE);
    this.decoder = decoder;
  }

  /**
   * Whether the bytes that were read last are in their place already. Bytes are handed on before
   * more are read, so it holds until that is done.
   */
  boolean inPlace() {
    return inPlace;
  }

  @Override
  public MaxMessageHandle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        Optional<ReplyDecoder> replies = decoder.get();
        Optional<ByteBuf> place = replies.flatMap(next -> next.place(LEAST_PLACED_BYTES));
        inPlace = place.isPresent();
        return place.orElseGet(
            () -> allocator.ioBuffer(replies.map(ReceiveBuffers::room).orElse(LARGEST_BYTES)));
      }

      @Override
      public int guess() {
        return LARGEST_BYTES;
      }
    };
  }

  private static int room(ReplyDecoder decoder) {
    return Math.clamp(decoder.expectedBytes(), HEADER_BYTES, LARGEST_BYTES);
  }
}
