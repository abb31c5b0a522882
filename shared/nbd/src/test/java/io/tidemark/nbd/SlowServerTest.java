package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that take their time: those at work are waited for, the others are not. */
@Timeout(60)
class SlowServerTest extends ServerTest {
  private static final Duration LIMIT = Duration.ofMillis(400);
  private static final long LATE_MILLIS = 3 * LIMIT.toMillis();
  private static final int READ = 4096;

  @Test
  void aFlushMayTakeLongAndAWriteBehindIt() {
    NbdConnection connection =
        connect(
            OPTIONS.withRequestTimeout(LIMIT),
            request -> vertx.setTimer(LATE_MILLIS, id -> request.succeed()));

    Future<Void> flush = connection.flush();
    Future<Void> write = connection.write(0, filled(512, 1));

    Future.all(flush, write).await();
    assertThat(connection.lost().isComplete()).isFalse();
  }

  @Test
  void aReadThatTakesAsLongFailsTheConnection() {
    NbdConnection connection =
        connect(
            OPTIONS.withRequestTimeout(LIMIT),
            request -> vertx.setTimer(LATE_MILLIS, id -> request.succeed()));

    assertThatThrownBy(() -> read(connection, 0, READ))
        .isInstanceOf(NbdException.TimedOut.class)
        .hasMessageContaining("stuck");
    assertThat(connection.lost().await()).isInstanceOf(NbdException.TimedOut.class);
  }

  @Test
  void aFlushIsNotWaitedForForEver() {
    NbdConnection connection =
        connect(OPTIONS.withRequestTimeout(LIMIT).withSlowRequestTimeout(LIMIT), request -> {});

    assertThatThrownBy(() -> connection.flush().await()).isInstanceOf(NbdException.TimedOut.class);
  }

  @Test
  void aServerThatDribblesTimesOut() {
    NbdConnection connection =
        connect(
            OPTIONS.withRequestTimeout(LIMIT),
            request -> {
              request.answer(Transcripts.simple(request.cookie(), 0, Unpooled.EMPTY_BUFFER));
              vertx.setPeriodic(20, id -> request.answer(Unpooled.buffer().writeByte(1)));
            });

    Future<Void> read = connection.read(0, READ, Unpooled.buffer(READ));
    Future<Void> closed = connection.close();

    assertThatThrownBy(read::await)
        .isInstanceOf(NbdException.TimedOut.class)
        .hasMessageContaining("4096 bytes at 0");
    closed.await();
  }

  @Test
  void aRequestThatIsIgnoredWhileOthersAreAnsweredTimesOut() {
    NbdConnection connection =
        connect(
            OPTIONS.withRequestTimeout(LIMIT),
            request -> {
              if (request.offset() != 0) {
                vertx.setTimer(10, id -> request.succeed());
              }
            });
    Future<Void> ignored = connection.read(0, READ, Unpooled.buffer(READ));

    readAgainAndAgain(connection);

    assertThatThrownBy(ignored::await)
        .isInstanceOf(NbdException.TimedOut.class)
        .hasMessageContaining("4096 bytes at 0");
  }

  private static void readAgainAndAgain(NbdConnection connection) {
    connection
        .read(READ, READ, Unpooled.buffer(READ))
        .onSuccess(v -> readAgainAndAgain(connection));
  }

  @Test
  void closingEndsThoughNothingIsAnswered() {
    NbdConnection connection =
        connect(OPTIONS.withSlowRequestTimeout(Duration.ofMillis(200)), request -> {});
    Future<Void> read = connection.read(0, READ, Unpooled.buffer(READ));

    connection.close().await();

    assertThatThrownBy(read::await)
        .isInstanceOf(NbdException.TimedOut.class)
        .hasMessageContaining("closed");
  }

  @Test
  void theNextContentOfABufferIsNotSentForAWriteThatWasGivenUp() {
    int bytes = 16 * MIB;
    ByteBuf information = Transcripts.information(Wire.OPT_GO, bytes, Transcripts.FLAGS);
    byte[] opening = Transcripts.bytes(Transcripts.opening(Dialect.SIMPLE, Map.of(), information));
    Promise<byte[]> received = Promise.promise();
    FakeServer server =
        FakeServer.start(
            vertx,
            directory.resolve("fake.sock"),
            it -> {
              FakeServer.answer(
                      opening, request -> received.tryComplete(request.payload().getBytes()))
                  .accept(it);
              it.pause();
              vertx.setTimer(500, id -> it.resume());
            });
    NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
    // Of others the socket makes a copy.
    ByteBuf buffer = Unpooled.directBuffer(bytes, bytes).writeBytes(filled(bytes, 1));

    Future<Void> write =
        connection
            .withTimeout(Duration.ofMillis(100))
            .write(0, buffer)
            .onComplete(ended -> buffer.setZero(0, bytes));

    assertThat(Unpooled.wrappedBuffer(received.future().await())).isEqualTo(filled(bytes, 1));
    assertThatThrownBy(write::await).isInstanceOf(NbdException.TimedOut.class);
    assertThat(connection.lost().isComplete()).isFalse();
    buffer.release();
  }

  private NbdConnection connect(NbdOptions options, Consumer<AskedFor> behaviour) {
    byte[] opening = Transcripts.bytes(Transcripts.opening(Dialect.SIMPLE, Map.of()));
    FakeServer server =
        FakeServer.start(
            vertx, directory.resolve("fake.sock"), FakeServer.answerRequests(opening, behaviour));
    return client.connect(server.uri(), options).await();
  }
}
