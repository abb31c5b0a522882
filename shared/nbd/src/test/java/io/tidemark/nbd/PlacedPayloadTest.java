package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.IllegalReply;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Promise;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Payload that a socket reads straight to where it belongs. */
class PlacedPayloadTest implements ReplyDecoder.Pending {
  private static final int READ_BYTES = 8192;
  private static final int BEFORE_BYTES = 100;

  private final ByteBuf target = Unpooled.buffer(BEFORE_BYTES + READ_BYTES);
  private final Promise<Request.Read.Content> promise = Promise.promise();
  private final Request read =
      new Request.Read(0, READ_BYTES, Wire.CMD_FLAG_DF, target, BEFORE_BYTES, true, promise);
  private final ReplyDecoder decoder = new ReplyDecoder(Dialect.STRUCTURED, this);
  private final ByteBuf reply =
      Transcripts.chunk(
          Dialect.STRUCTURED, 0, 1, true, Wire.CHUNK_OFFSET_DATA, Transcripts.data(0, READ_BYTES));

  @Test
  void betweenRepliesThereIsNoPlace() {
    assertThat(decoder.place(1)).isEmpty();

    decoder.receive(reply.readSlice(20));

    assertThat(decoder.place(1)).isEmpty();
    assertThat(decoder.expectedBytes()).isZero();
  }

  @Test
  void thePlaceTakesWhatIsMissingOfTheChunkAndNoMore() {
    decoder.receive(reply.readSlice(28 + 1000));

    ByteBuf place = decoder.place(1).orElseThrow();
    assertThat(place.writableBytes()).isEqualTo(READ_BYTES - 1000);
    assertThat(decoder.place(READ_BYTES)).as("too little is left").isEmpty();
    place.writeBytes(reply).release();
    decoder.received(READ_BYTES - 1000);

    assertThat(promise.future().succeeded()).isTrue();
    assertThat(target.slice(BEFORE_BYTES, READ_BYTES))
        .isEqualTo(Transcripts.content(0, READ_BYTES));
    assertThat(target.slice(0, BEFORE_BYTES)).isEqualTo(Unpooled.buffer().writeZero(BEFORE_BYTES));
  }

  @Test
  void aReadThatWasGivenUpHasNoPlaceAndItsBufferIsLeftAlone() {
    decoder.receive(reply.readSlice(28 + 1000));
    read.fail(new NbdException.Cancelled("no longer wanted"));
    ByteBuf before = target.slice(0, target.capacity()).copy();

    assertThat(decoder.place(1)).isEmpty();
    decoder.receive(reply);

    assertThat(target.slice(0, target.capacity())).isEqualTo(before);
    assertThat(decoder.expectedBytes()).as("the reply is over").isZero();
  }

  @Override
  public Request find(long cookie) {
    return Optional.of(read)
        .filter(any -> cookie == 1)
        .orElseThrow(() -> new IllegalReply("unknown cookie"));
  }

  @Override
  public Request finish(long cookie) {
    return find(cookie);
  }

  @Override
  public void failed(long cookie, int errno, String message) {
    throw new AssertionError(message);
  }
}
