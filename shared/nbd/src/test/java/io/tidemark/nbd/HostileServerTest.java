package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every single thing that a server must not do, by the protocol's own list, is caught. */
class HostileServerTest {

  @ParameterizedTest
  @CsvSource({
    "a wrong magic, 12345678",
    "a reserved magic, 12560953",
    "an extended chunk that was not negotiated, 6e8a278c",
    "an unknown cookie, 67446698 00000000 00000000000000ff",
    "a simple reply to a structured read, 67446698 00000000 0000000000000001",
    "a simple error for a structured read, 67446698 00000005 0000000000000001",
    "a simple reply to a block status request, 67446698 00000000 0000000000000003",
    "an answer to an answered request, 67446698 00000000 0000000000000004 67446698 00000000 "
        + "0000000000000004",
    "an unknown chunk type, 668e33ef 0001 0009 0000000000000001 00000000",
    "a none chunk with payload, 668e33ef 0001 0000 0000000000000001 00000004",
    "a none chunk that is not the last, 668e33ef 0000 0000 0000000000000001 00000000",
    "an empty read, 668e33ef 0001 0000 0000000000000001 00000000",
    "an empty block status, 668e33ef 0001 0000 0000000000000003 00000000",
    "data beyond the request, 668e33ef 0001 0001 0000000000000001 00000009 0000000000002000",
    "data before the request, 668e33ef 0001 0001 0000000000000002 00000009 0000000000000000",
    "data around the end of numbers, 668e33ef 0001 0001 0000000000000001 00000018 ffffffffffffffff",
    "more data than asked for, 668e33ef 0001 0001 0000000000000001 7fffffff",
    "data without bytes, 668e33ef 0001 0001 0000000000000001 00000008",
    "data for a write, 668e33ef 0001 0001 0000000000000004 00000009 0000000000000000",
    "a hole of no size, 668e33ef 0001 0002 0000000000000001 0000000c 0000000000000000 00000000",
    "a hole beyond the end, 668e33ef 0001 0002 0000000000000001 0000000c 0000000000000000 ffffffff",
    "a hole twice, 668e33ef 0000 0002 0000000000000001 0000000c 0000000000000000 00000200 "
        + "668e33ef 0000 0002 0000000000000001 0000000c 0000000000000100 00000200",
    "a hole for a part only, 668e33ef 0001 0002 0000000000000001 0000000c 0000000000000000 "
        + "00000200",
    "a hole for block status, 668e33ef 0001 0002 0000000000000003 0000000c 0000000000000000 "
        + "00000200",
    "block status for a read, 668e33ef 0001 0005 0000000000000001 0000000c",
    "block status in 64 bits, 668e33ef 0001 0006 0000000000000003 00000018",
    "an error without an error, 668e33ef 0001 8001 0000000000000001 00000006 00000000 0000",
    "an error message too long, 668e33ef 0001 8001 0000000000000001 00000006 00000005 ffff",
    "an error of endless length, 668e33ef 0001 8001 0000000000000001 ffffffff",
    "an error elsewhere, 668e33ef 0001 8002 0000000000000001 0000000e 00000005 0000 "
        + "0000000000002000",
    "an error too short for its place, 668e33ef 0001 8002 0000000000000001 00000006 00000005 0000"
  })
  void aViolationInStructuredRepliesIsCaught(String what, String hex) {
    assertRefused(Dialect.STRUCTURED, what, hex);
  }

  @ParameterizedTest
  @CsvSource({
    "a simple reply, 67446698 00000000 0000000000000004",
    "a structured chunk, 668e33ef 0001 0000 0000000000000004 00000000",
    "another offset than asked, 6e8a278c 0001 0000 0000000000000004 0000000000000001 "
        + "0000000000000000",
    "an unknown cookie, 6e8a278c 0001 0000 00000000000000ff 0000000000000000 0000000000000000",
    "a length beyond 2^63, 6e8a278c 0001 0001 0000000000000001 0000000000000000 8000000000000009",
    "a length beyond 2^32, 6e8a278c 0001 0001 0000000000000001 0000000000000000 0000000100000009",
    "an error beyond 2^32, 6e8a278c 0001 8001 0000000000000001 0000000000000000 0000000100000006",
    "block status in 32 bits, 6e8a278c 0001 0005 0000000000000003 0000000000000000 "
        + "000000000000000c"
  })
  void aViolationInExtendedRepliesIsCaught(String what, String hex) {
    assertRefused(Dialect.EXTENDED, what, hex);
  }

  @ParameterizedTest
  @CsvSource({
    "a structured chunk, 668e33ef 0001 0000 0000000000000004 00000000",
    "an extended chunk, 6e8a278c 0001 0000 0000000000000004",
    "an unknown cookie, 67446698 00000000 00000000000000ff",
    "the reversed magic, 98664467 00000000 0000000000000001"
  })
  void aViolationInSimpleRepliesIsCaught(String what, String hex) {
    assertRefused(Dialect.SIMPLE, what, hex);
  }

  static Stream<Arguments> wrongStatus() {
    long huge = 1L << 62;
    Dialect compact = Dialect.STRUCTURED;
    Dialect extended = Dialect.EXTENDED;
    return Stream.of(
        Arguments.of(compact, "an empty extent", 7, new long[] {4096, 0, 0, 1}),
        Arguments.of(extended, "an empty extent", 7, new long[] {4096, 0, 0, 1}),
        Arguments.of(compact, "an extent that ends in a block", 7, new long[] {513, 0}),
        Arguments.of(extended, "an extent that ends in a block", 7, new long[] {513, 0, 4096, 1}),
        Arguments.of(compact, "extents beyond the request", 7, new long[] {65_536, 0, 1, 1}),
        Arguments.of(extended, "extents beyond the request", 7, new long[] {65_536, 0, 1, 1}),
        Arguments.of(compact, "a context never negotiated", 9, new long[] {65_536, 0}),
        Arguments.of(extended, "a context never negotiated", 9, new long[] {65_536, 0}),
        Arguments.of(compact, "one context of two", 7, new long[] {65_536, 0}),
        Arguments.of(extended, "one context of two", 7, new long[] {65_536, 0}),
        Arguments.of(extended, "status beyond 32 bits", 7, new long[] {65_536, 1L << 32}),
        Arguments.of(extended, "lengths that overflow", 7, new long[] {huge, 0, huge, 1, huge, 0}),
        Arguments.of(extended, "a negative length", 7, new long[] {-1, 0}));
  }

  @ParameterizedTest
  @MethodSource("wrongStatus")
  void nonsenseInBlockStatusIsCaught(Dialect dialect, String what, int context, long[] extents) {
    InMemory requests = new InMemory(dialect);
    ByteBuf reply =
        Transcripts.chunk(
            dialect,
            0,
            3,
            true,
            dialect == Dialect.EXTENDED ? Wire.CHUNK_BLOCK_STATUS_EXT : Wire.CHUNK_BLOCK_STATUS,
            Transcripts.status(dialect, context, extents));

    assertThat(requests.feed(Transcripts.bytes(reply), new Random(3))).as(what).isFalse();
    assertThat(requests.answered()).isZero();
  }

  @Test
  void blockStatusMayFailWithASimpleReply() {
    InMemory requests = new InMemory(Dialect.STRUCTURED);
    ByteBuf error = Transcripts.simple(3, Wire.EIO, Unpooled.EMPTY_BUFFER);

    assertThat(requests.feed(Transcripts.bytes(error), new Random(3))).isTrue();
    assertThat(requests.status.future().cause()).isInstanceOf(NbdException.Server.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"STRUCTURED", "EXTENDED"})
  void aContextThatAnswersTwiceIsCaught(Dialect dialect) {
    int type = dialect == Dialect.EXTENDED ? Wire.CHUNK_BLOCK_STATUS_EXT : Wire.CHUNK_BLOCK_STATUS;
    ByteBuf once =
        Transcripts.chunk(dialect, 0, 3, false, type, Transcripts.status(dialect, 7, 65_536, 1));
    InMemory requests = new InMemory(dialect);

    assertThat(requests.feed(Transcripts.bytes(once.copy()), new Random(3))).isTrue();
    assertThat(requests.feed(Transcripts.bytes(once), new Random(3))).isFalse();
  }

  @Test
  void aCountOfExtentsThatIsNotTheirsIsCaught() {
    ByteBuf payload = Transcripts.status(Dialect.EXTENDED, 7, 65_536, 1);
    payload.setInt(4, 2);
    ByteBuf reply =
        Transcripts.chunk(Dialect.EXTENDED, 0, 3, true, Wire.CHUNK_BLOCK_STATUS_EXT, payload);

    assertThat(new InMemory(Dialect.EXTENDED).feed(Transcripts.bytes(reply), new Random(3)))
        .isFalse();
  }

  @Test
  void errorsOfOneRequestWithoutEndAreCaught() {
    ByteBuf error =
        Transcripts.chunk(
            Dialect.STRUCTURED,
            0,
            1,
            false,
            Wire.CHUNK_ERROR_BIT | 1,
            Unpooled.buffer().writeInt(5).writeShort(0));
    InMemory requests = new InMemory(Dialect.STRUCTURED);
    byte[] once = Transcripts.bytes(error);

    int taken = 0;
    while (taken < 100_000 && requests.feed(once, new Random(taken))) {
      taken++;
    }

    assertThat(taken).isLessThan(100_000);
  }

  @Test
  void aReadTornIntoTooManyPiecesIsCaught() {
    InMemory.Large large = new InMemory.Large(1 << 22);

    assertThatThrownBy(
            () -> {
              for (int at = 0; at < 1 << 22; at += 2) {
                large.receive(
                    Transcripts.chunk(
                        Dialect.STRUCTURED,
                        0,
                        1,
                        false,
                        Wire.CHUNK_OFFSET_HOLE,
                        Transcripts.hole(at, 1)));
              }
            })
        .hasMessageContaining("too many pieces");
  }

  private static void assertRefused(Dialect dialect, String what, String hex) {
    InMemory requests = new InMemory(dialect);
    byte[] transcript = HexFormat.of().parseHex(hex.replace(" ", ""));

    assertThat(requests.feed(transcript, new Random(1))).as(what).isFalse();
    assertThat(requests.readSucceeded(0) || requests.readSucceeded(1)).isFalse();
    assertThat(requests.status.future().isComplete()).isFalse();
  }
}
