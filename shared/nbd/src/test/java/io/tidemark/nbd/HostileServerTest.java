package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever a server sends, cut anywhere: an exception of ours or the right bytes, and nothing else.
 * Seeded; {@code -Dnbd.fuzz.cases} and {@code -Dnbd.fuzz.seed} choose how many and which.
 */
class HostileServerTest {
  private static final int CASES = Integer.getInteger("nbd.fuzz.cases", 100_000);
  private static final long SEED = Long.getLong("nbd.fuzz.seed", System.nanoTime());
  private static final NbdUri URI = NbdUri.parse("nbd://server/disk");
  private static final String CONTEXT = "qemu:dirty-bitmap:b0";
  private static final NbdOptions OPTIONS = NbdOptions.defaults().withMetaContexts(CONTEXT);
  private static final int CONTEXT_ID = 7;
  private static final int HALF = 4096;

  @Test
  void aMutatedHandshakeEndsInAnAgreementOrAnErrorOfOurs() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    byte[] good = bytes(handshake());
    assertThat(negotiate(good, random)).isPresent();
    for (int i = 0; i < CASES; i++) {
      byte[] mutated = mutate(good, random, 0);
      try {
        negotiate(mutated, random)
            .ifPresent(agreed -> assertThat(agreed.contexts().values()).containsExactly(CONTEXT));
      } catch (NbdException expected) {
        assertThat(expected).hasMessageContaining("nbd://server");
      }
    }
  }

  @Test
  void aMutatedReplyNeverYieldsWrongBytes() {
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    Reads good = new Reads();
    assertThat(good.feed(bytes(replies()), random)).isTrue();
    assertThat(good.rightOnes()).isEqualTo(2);
    byte[] transcript = bytes(replies());
    for (int i = 0; i < CASES; i++) {
      Reads reads = new Reads();
      reads.feed(flipHeaderBit(transcript.clone(), random), random);
      assertThat(reads.wrongOnes()).as("seed %d, case %d", SEED, i).isZero();
    }
  }

  @Test
  void aReplyCutAtAnyByteCompletesNothingThatIsNotWhole() {
    Random random = new Random(SEED);
    byte[] all = bytes(replies());
    for (int length = 0; length < all.length; length++) {
      Reads reads = new Reads();
      assertThat(reads.feed(Arrays.copyOf(all, length), random)).isTrue();
      assertThat(reads.wrongOnes()).isZero();
      assertThat(reads.rightOnes()).isLessThan(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a wrong magic, 12345678",
    "a reserved magic, 12560953",
    "an unknown cookie, 67446698 00000000 00000000000000ff",
    "a simple reply to a structured read, 67446698 00000000 0000000000000001",
    "an unknown chunk type, 668e33ef 0001 0009 0000000000000001 00000000",
    "a none chunk with payload, 668e33ef 0001 0000 0000000000000001 00000004",
    "a none chunk that is not the last, 668e33ef 0000 0000 0000000000000001 00000000",
    "an empty read, 668e33ef 0001 0000 0000000000000001 00000000",
    "data beyond the request, 668e33ef 0001 0001 0000000000000001 00000009 0000000000002000",
    "data before the request, 668e33ef 0001 0001 0000000000000002 00000009 0000000000000000",
    "more data than asked for, 668e33ef 0001 0001 0000000000000001 7fffffff",
    "a hole of no size, 668e33ef 0001 0002 0000000000000001 0000000c 0000000000000000 00000000",
    "a hole beyond the end, 668e33ef 0001 0002 0000000000000001 0000000c 0000000000000000 ffffffff",
    "block status for a read, 668e33ef 0001 0005 0000000000000001 0000000c",
    "an error without an error, 668e33ef 0001 8001 0000000000000001 00000006 00000000 0000",
    "an error message too long, 668e33ef 0001 8001 0000000000000001 00000006 00000005 ffff",
    "an error of endless length, 668e33ef 0001 8001 0000000000000001 ffffffff"
  })
  void aViolationOfTheProtocolIsCaught(String what, String hex) {
    Reads reads = new Reads();

    assertThat(reads.feed(HexFormat.of().parseHex(hex.replace(" ", "")), new Random(1)))
        .as(what)
        .isFalse();
    assertThat(reads.rightOnes() + reads.wrongOnes()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "an empty extent, 00000007 00000000 00000001",
    "a context that was not chosen alone, 00000009 00001000 00000001",
    "extents that go on beyond the request, 00000007 00010000 00000001 00001000 00000000"
  })
  void nonsenseInBlockStatusIsCaught(String what, String hex) {
    byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
    Promise<Extents> promise = Promise.promise();
    Map<Long, Request> pending = new HashMap<>();
    pending.put(1L, new Request.BlockStatus(0, 65_536, CONTEXT_ID, 1, promise));
    ReplyDecoder decoder = new ReplyDecoder(true, new InMemory(pending));
    ByteBuf reply = chunk(1, true, Wire.CHUNK_BLOCK_STATUS, Unpooled.wrappedBuffer(payload));

    assertThatThrownBy(() -> decoder.receive(reply)).isInstanceOf(IllegalReply.class);
    assertThat(promise.future().succeeded()).as(what).isFalse();
  }

  @Test
  void optionRepliesWithoutEndAreCaught() {
    ByteBuf endless = Unpooled.buffer();
    endless.writeLong(Wire.NBD_MAGIC).writeLong(Wire.OPTION_MAGIC).writeShort(3);
    endless.writeBytes(optionReply(Wire.OPT_STRUCTURED_REPLY, Wire.REP_ACK, Unpooled.EMPTY_BUFFER));
    endless.writeBytes(
        optionReply(Wire.OPT_SET_META_CONTEXT, Wire.REP_META_CONTEXT, context(CONTEXT_ID)));
    endless.writeBytes(optionReply(Wire.OPT_SET_META_CONTEXT, Wire.REP_ACK, Unpooled.EMPTY_BUFFER));
    for (int i = 0; i < 5000; i++) {
      endless.writeBytes(optionReply(Wire.OPT_GO, Wire.REP_INFO, Unpooled.buffer().writeShort(99)));
    }
    byte[] all = bytes(endless);

    assertThatThrownBy(() -> negotiate(all, new Random(2)))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("don't end");
  }

  private static Optional<Negotiated> negotiate(byte[] transcript, Random random) {
    Handshake handshake = new Handshake(URI, OPTIONS, ByteBuf::release);
    ByteBuf received = Unpooled.buffer();
    Optional<Negotiated> agreed = Optional.empty();
    for (int at = 0; at < transcript.length && agreed.isEmpty(); ) {
      int bytes = Math.min(transcript.length - at, 1 + random.nextInt(64));
      received.writeBytes(transcript, at, bytes);
      at += bytes;
      agreed = handshake.receive(received);
    }
    return agreed;
  }

  private static ByteBuf handshake() {
    ByteBuf out = Unpooled.buffer();
    out.writeLong(Wire.NBD_MAGIC).writeLong(Wire.OPTION_MAGIC).writeShort(3);
    out.writeBytes(optionReply(Wire.OPT_STRUCTURED_REPLY, Wire.REP_ACK, Unpooled.EMPTY_BUFFER));
    out.writeBytes(
        optionReply(Wire.OPT_SET_META_CONTEXT, Wire.REP_META_CONTEXT, context(CONTEXT_ID)));
    out.writeBytes(optionReply(Wire.OPT_SET_META_CONTEXT, Wire.REP_ACK, Unpooled.EMPTY_BUFFER));
    out.writeBytes(
        optionReply(
            Wire.OPT_GO,
            Wire.REP_INFO,
            Unpooled.buffer().writeShort(Wire.INFO_EXPORT).writeLong(1 << 20).writeShort(0x183)));
    out.writeBytes(
        optionReply(
            Wire.OPT_GO,
            Wire.REP_INFO,
            Unpooled.buffer()
                .writeShort(Wire.INFO_BLOCK_SIZE)
                .writeInt(1)
                .writeInt(4096)
                .writeInt(1 << 25)));
    return out.writeBytes(optionReply(Wire.OPT_GO, Wire.REP_ACK, Unpooled.EMPTY_BUFFER));
  }

  private static ByteBuf context(int id) {
    return Unpooled.buffer().writeInt(id).writeBytes(CONTEXT.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuf optionReply(int option, int type, ByteBuf data) {
    return Unpooled.buffer()
        .writeLong(Wire.OPTION_REPLY_MAGIC)
        .writeInt(option)
        .writeInt(type)
        .writeInt(data.readableBytes())
        .writeBytes(data);
  }

  /** Request 1 in two pieces out of order, between them request 2 as a hole and data. */
  private static ByteBuf replies() {
    return Unpooled.buffer()
        .writeBytes(chunk(1, false, Wire.CHUNK_OFFSET_DATA, data(HALF, HALF)))
        .writeBytes(
            chunk(
                2,
                false,
                Wire.CHUNK_OFFSET_HOLE,
                Unpooled.buffer().writeLong(2L * HALF).writeInt(HALF)))
        .writeBytes(chunk(1, true, Wire.CHUNK_OFFSET_DATA, data(0, HALF)))
        .writeBytes(chunk(2, true, Wire.CHUNK_OFFSET_DATA, data(3L * HALF, HALF)));
  }

  private static ByteBuf data(long offset, int length) {
    ByteBuf data = Unpooled.buffer().writeLong(offset);
    for (int i = 0; i < length; i++) {
      data.writeByte(contentAt(offset + i));
    }
    return data;
  }

  private static byte contentAt(long offset) {
    boolean hole = offset >= 2L * HALF && offset < 3L * HALF;
    return hole ? 0 : (byte) (offset * 31 + (offset >> 8) + 1);
  }

  private static ByteBuf chunk(long cookie, boolean last, int type, ByteBuf payload) {
    return Unpooled.buffer()
        .writeInt(Wire.STRUCTURED_REPLY_MAGIC)
        .writeShort(last ? Wire.REPLY_FLAG_DONE : 0)
        .writeShort(type)
        .writeLong(cookie)
        .writeInt(payload.readableBytes())
        .writeBytes(payload);
  }

  /** Flips, overwrites, cuts, repeats or drops. */
  private static byte[] mutate(byte[] good, Random random, int from) {
    int at = from + random.nextInt(good.length - from);
    byte[] mutated = good.clone();
    switch (random.nextInt(4)) {
      case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> mutated[at] = (byte) random.nextInt();
      case 2 -> mutated = Arrays.copyOf(good, at);
      default -> {
        int other = random.nextInt(good.length);
        System.arraycopy(good, other, mutated, at, Math.min(8, good.length - Math.max(at, other)));
      }
    }
    return mutated;
  }

  /** NBD has no checksum: only what is not payload can be told from the right thing. */
  private static byte[] flipHeaderBit(byte[] transcript, Random random) {
    List<Integer> headers = new ArrayList<>();
    ByteBuf buffer = Unpooled.wrappedBuffer(transcript);
    for (int at = 0; at < transcript.length; ) {
      int length = buffer.getInt(at + 16);
      boolean data = buffer.getUnsignedShort(at + 6) == Wire.CHUNK_OFFSET_DATA;
      for (int i = 0; i < 20 + (data ? 8 : length); i++) {
        headers.add(at + i);
      }
      at += 20 + length;
    }
    int flips = 1 + random.nextInt(3);
    for (int i = 0; i < flips; i++) {
      transcript[headers.get(random.nextInt(headers.size()))] ^= (byte) (1 << random.nextInt(8));
    }
    return transcript;
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes);
    return bytes;
  }

  /** Requests in flight without a socket. */
  private record InMemory(Map<Long, Request> requests) implements ReplyDecoder.Pending {
    @Override
    public Request find(long cookie) {
      return Optional.ofNullable(requests.get(cookie))
          .orElseThrow(() -> new IllegalReply("unknown cookie"));
    }

    @Override
    public Request finish(long cookie) {
      Request request = find(cookie);
      requests.remove(cookie);
      return request;
    }

    @Override
    public void failed(Request request, int errno, String message) {
      request.fail(new NbdException.Server(message, errno));
    }
  }

  /** Two reads of 8 KiB each, at 0 and at 8 KiB. */
  private static final class Reads {
    private final List<ByteBuf> targets =
        List.of(Unpooled.buffer(2 * HALF), Unpooled.buffer(2 * HALF));
    private final List<Promise<Void>> promises = List.of(Promise.promise(), Promise.promise());
    private final ReplyDecoder decoder;

    Reads() {
      Map<Long, Request> requests = new HashMap<>();
      for (int i = 0; i < 2; i++) {
        requests.put(
            i + 1L,
            new Request.Read(2L * HALF * i, 2 * HALF, 0, targets.get(i), 0, promises.get(i)));
      }
      decoder = new ReplyDecoder(true, new InMemory(requests));
    }

    /** False if the decoder refused it. */
    boolean feed(byte[] transcript, Random random) {
      try {
        for (int at = 0; at < transcript.length; ) {
          int bytes = Math.min(transcript.length - at, 1 + random.nextInt(6000));
          decoder.receive(Unpooled.wrappedBuffer(transcript, at, bytes));
          at += bytes;
        }
        return true;
      } catch (IllegalReply refused) {
        return false;
      }
    }

    long rightOnes() {
      return count(true);
    }

    long wrongOnes() {
      return count(false);
    }

    private long count(boolean right) {
      long count = 0;
      for (int i = 0; i < 2; i++) {
        if (promises.get(i).future().succeeded() && right == isRight(i)) {
          count++;
        }
      }
      return count;
    }

    private boolean isRight(int index) {
      for (int i = 0; i < 2 * HALF; i++) {
        if (targets.get(index).getByte(i) != contentAt(2L * HALF * index + i)) {
          return false;
        }
      }
      return true;
    }
  }
}
