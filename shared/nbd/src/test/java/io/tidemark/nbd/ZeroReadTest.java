package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.ReplyDecoder;
import io.tidemark.nbd.protocol.Request;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Promise;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A read that is asked to tell whether all of its bytes are zero. */
class ZeroReadTest {
  private static final int READ_BYTES = 200_000;
  private static final int HEADER_BYTES = 8;

  @Property(tries = 300)
  void zeroesAreToldAsZeroHoweverTheyCome(@ForAll long seed) {
    assertThat(read(new byte[READ_BYTES], true, new Random(seed)).zero()).isTrue();
  }

  @Property(tries = 300)
  void oneOtherByteAnywhereIsSeen(
      @ForAll @IntRange(max = READ_BYTES - 1) int index, @ForAll long seed) {
    byte[] content = new byte[READ_BYTES];
    content[index] = 1;

    assertThat(read(content, true, new Random(seed)).zero()).isFalse();
  }

  @Property(tries = 20)
  void nothingIsToldUnlessItIsAskedFor(@ForAll long seed) {
    assertThat(read(new byte[READ_BYTES], false, new Random(seed)).zero()).isFalse();
  }

  @Property(tries = 20)
  void holesAreZeroToo(@ForAll @IntRange(min = 1, max = READ_BYTES - 1) int holeBytes) {
    Promise<Request.Read.Content> promise = Promise.promise();
    ReplyDecoder decoder = decoder(request(true, promise));
    ByteBuf hole = Unpooled.buffer().writeLong(0).writeInt(holeBytes);

    decoder.receive(chunk(false, Wire.CHUNK_OFFSET_HOLE, hole));
    decoder.receive(
        chunk(true, Wire.CHUNK_OFFSET_DATA, data(holeBytes, new byte[READ_BYTES - holeBytes])));

    assertThat(promise.future().result()).isEqualTo(new Request.Read.Content(holeBytes, true));
  }

  /** Reads {@code content} that comes in pieces, copied or read to their place. */
  private static Request.Read.Content read(byte[] content, boolean tests, Random random) {
    Promise<Request.Read.Content> promise = Promise.promise();
    ReplyDecoder decoder = decoder(request(tests, promise));
    ByteBuf reply = chunk(true, Wire.CHUNK_OFFSET_DATA, data(0, content));
    while (reply.isReadable()) {
      int most = Math.min(reply.readableBytes(), 1 + random.nextInt(150_000));
      decoder
          .place(random.nextInt(READ_BYTES))
          .ifPresentOrElse(
              place -> {
                int bytes = Math.min(most, place.writableBytes());
                place.writeBytes(reply, bytes).release();
                decoder.received(bytes);
              },
              () -> decoder.receive(reply.readSlice(most)));
    }
    return promise.future().result();
  }

  private static Request request(boolean tests, Promise<Request.Read.Content> promise) {
    ByteBuf target = Unpooled.buffer(READ_BYTES);
    return new Request.Read(0, READ_BYTES, 0, target, 0, tests, promise);
  }

  private static ReplyDecoder decoder(Request request) {
    return new ReplyDecoder(Dialect.STRUCTURED, new OnlyRequest(request));
  }

  private static ByteBuf chunk(boolean done, int type, ByteBuf payload) {
    return Transcripts.chunk(Dialect.STRUCTURED, 0, 1, done, type, payload);
  }

  private static ByteBuf data(long offset, byte[] content) {
    return Unpooled.buffer(HEADER_BYTES + content.length).writeLong(offset).writeBytes(content);
  }
}
