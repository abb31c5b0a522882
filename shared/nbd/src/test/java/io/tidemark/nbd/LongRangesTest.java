package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranges that take more requests than a stack has frames. */
@Timeout(60)
class LongRangesTest extends ServerTest {
  private static final long TIB = 1L << 40;
  private static final int FLAGS_WITHOUT_ZEROES = Transcripts.FLAGS & ~0x40;

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void aTrimOfTheLargestDiskEnds() {
    NbdConnection connection = connect(64 * TIB, Transcripts.FLAGS, 4096, 1 << 25);

    connection.trim(0, 64 * TIB).await();

    assertThat(asked.get()).isEqualTo(16_385);
    connection.close().await();
  }

  @Test
  void cachingMuchEnds() {
    NbdConnection connection = connect(TIB, Transcripts.FLAGS, 4096, 1 << 25);

    connection.cache(0, TIB / 8).await();

    assertThat(asked.get()).isEqualTo(4096);
    connection.close().await();
  }

  @Test
  void zeroesAreWrittenInManySmallPieces() {
    NbdConnection connection = connect(TIB, FLAGS_WITHOUT_ZEROES, 512, 512);

    connection.writeZeroes(0, 2 * MIB).await();

    assertThat(asked.get()).isEqualTo(4096);
    connection.close().await();
  }

  @Test
  void aReadAndAWriteInManySmallPiecesAreWhole() {
    NbdConnection connection = connect(TIB, Transcripts.FLAGS, 512, 512);
    ByteBuf target = Unpooled.buffer(MIB, MIB);

    connection.read(0, MIB, target).await();
    connection.write(0, target).await();

    assertThat(target).isEqualTo(Transcripts.content(0, MIB));
    assertThat(asked.get()).isEqualTo(4096);
    connection.close().await();
  }

  private NbdConnection connect(long size, int flags, int preferredBlock, int maxPayload) {
    ByteBuf information =
        Transcripts.information(Wire.OPT_GO, size, flags, 1, preferredBlock, maxPayload);
    byte[] opening = Transcripts.bytes(Transcripts.opening(Dialect.SIMPLE, Map.of(), information));
    FakeServer server =
        FakeServer.start(
            vertx,
            directory.resolve("fake.sock"),
            FakeServer.answerRequests(
                opening,
                request -> {
                  asked.incrementAndGet();
                  request.succeed();
                }));
    return client.connect(server.uri(), OPTIONS).await();
  }
}
