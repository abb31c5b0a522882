package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same hostility on a real socket: nothing hangs, everything pending fails, and why is said.
 */
@Timeout(60)
class HostileSocketTest {
  private static final NbdOptions OPTIONS =
      NbdOptions.defaults().withConnectTimeout(Duration.ofSeconds(20));
  private static final int READ = 512;

  @TempDir private Path directory;
  private Vertx vertx;
  private NbdClient client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    client = new NbdClient(vertx);
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @ParameterizedTest
  @EnumSource(names = {"SIMPLE", "STRUCTURED"})
  void aConnectionCutAtAnyByteFailsWhatWasAskedAndNeverHangs(Dialect dialect) {
    byte[] opening = opening(dialect);
    byte[] reply = Transcripts.bytes(answer(dialect));
    int[] cut = new int[1];
    FakeServer server =
        serve(connection -> {
          int length = cut[0];
          byte[] handshake = Arrays.copyOf(opening, Math.min(length, opening.length));
          if (length < opening.length) {
            connection.end(Buffer.buffer(handshake));
          } else {
            byte[] begin = Arrays.copyOf(reply, length - opening.length);
            FakeServer.greet(handshake, it -> it.end(Buffer.buffer(begin))).accept(connection);
          }
        });
    for (cut[0] = 0; cut[0] < opening.length + reply.length; cut[0]++) {
      assertThatThrownBy(
              () -> {
                NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
                connection.read(0, READ, Unpooled.buffer(READ)).await();
              })
          .as("cut at %d", cut[0])
          .isInstanceOf(NbdException.Closed.class)
          .hasMessageMatching(".*(closed the connection|connection to the NBD server broke).*");
    }
    assertThat(read(server)).isEqualTo(Transcripts.bytes(Transcripts.content(0, READ)));
  }

  @Test
  void everyPendingRequestFailsWithTheOneCause() {
    FakeServer server =
        serve(
            FakeServer.greet(
                opening(Dialect.STRUCTURED), it -> it.write(Buffer.buffer("nonsense"))));
    NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
    List<Future<?>> pending = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      pending.add(connection.read((long) i * READ, READ, Unpooled.buffer(READ)));
      pending.add(connection.write((long) i * READ, Unpooled.buffer(READ).writeZero(READ)));
    }

    Future.join(pending).otherwiseEmpty().await();

    NbdException cause = connection.lost().await();
    assertThat(cause).isInstanceOf(NbdException.Protocol.class).hasMessageContaining("magic");
    assertThat(pending).allMatch(request -> request.cause() == cause);
  }

  @Test
  void aReplyThatNobodyAskedForEndsTheConnection() {
    byte[] unasked =
        Transcripts.bytes(
            Transcripts.opening(Dialect.STRUCTURED, Map.of())
                .writeBytes(answer(Dialect.STRUCTURED)));
    FakeServer server = serve(connection -> connection.write(Buffer.buffer(unasked)));

    assertThatThrownBy(() -> read(server))
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("not sent");
  }

  @Test
  void aServerThatSaysNothingTimesOut() {
    FakeServer server = serve(connection -> {});

    assertThatThrownBy(() ->
            client
                .connect(server.uri(), OPTIONS.withConnectTimeout(Duration.ofMillis(100)))
                .await())
        .isInstanceOf(NbdException.TimedOut.class)
        .hasMessageContaining("handshake");
  }

  @Test
  void itsTimeOutEndsTheConnectionOnItsEventLoop() {
    FakeServer server = serve(connection -> {});

    assertThatThrownBy(() ->
            client
                .connect(server.uri(), OPTIONS.withConnectTimeout(Duration.ofMillis(100)))
                .await())
        .satisfies(e ->
            assertThat(e.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .noneMatch(name -> name.contains("GlobalEventExecutor")));
  }

  @Test
  void nothingMoreIsSentToAServerThatShutsDown() {
    AtomicInteger asked = new AtomicInteger();
    FakeServer server =
        serve(
            FakeServer.answer(
                opening(Dialect.SIMPLE),
                request -> {
                  if (request.command() == Wire.CMD_READ) {
                    asked.incrementAndGet();
                    request.fail(Wire.ESHUTDOWN);
                  }
                }));
    NbdConnection connection = client.connect(server.uri(), OPTIONS.withMaxInFlight(1)).await();
    List<Future<?>> reads = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      reads.add(connection.read(0, READ, Unpooled.buffer(READ)));
    }

    Future.join(reads).otherwiseEmpty().await();

    assertThat(connection.lost().await()).hasMessageContaining("shutting down");
    assertThat(reads.getFirst().cause()).isInstanceOf(NbdException.Server.class);
    assertThat(reads.subList(1, 3))
        .allMatch(read -> read.cause() instanceof NbdException.Closed)
        .allMatch(read -> read.cause().getMessage().contains("shutting down"));
    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void aReadThatIsTooLargeForOnePieceIsTakenInSeveral() {
    List<Integer> flags = new CopyOnWriteArrayList<>();
    FakeServer server =
        serve(
            FakeServer.answer(
                opening(Dialect.STRUCTURED),
                request -> {
                  flags.add(request.flags());
                  request.answer(
                      request.flags() == 0
                          ? Transcripts.chunk(
                              Dialect.STRUCTURED,
                              0,
                              request.cookie(),
                              true,
                              Wire.CHUNK_OFFSET_DATA,
                              Transcripts.data(0, READ))
                          : Transcripts.chunk(
                              Dialect.STRUCTURED,
                              0,
                              request.cookie(),
                              true,
                              Wire.CHUNK_ERROR_BIT | 1,
                              Unpooled.buffer().writeInt(Wire.EOVERFLOW).writeShort(0)));
                }));
    NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
    ByteBuf target = Unpooled.buffer(2 * READ, 2 * READ);

    connection.read(0, READ, target).await();
    connection.read(0, READ, target).await();

    assertThat(target.slice(0, READ)).isEqualTo(Transcripts.content(0, READ));
    assertThat(target.slice(READ, READ)).isEqualTo(Transcripts.content(0, READ));
    assertThat(flags).containsExactly(Wire.CMD_FLAG_DF, 0, 0);
  }

  @Test
  void aServerThatDribblesTimesOut() {
    byte[] opening = opening(Dialect.STRUCTURED);
    FakeServer server =
        serve(connection -> {
          int[] next = new int[1];
          vertx.setPeriodic(
              20,
              timer -> {
                if (next[0] < opening.length - 1) {
                  connection.write(Buffer.buffer(new byte[] {opening[next[0]++]}));
                }
              });
        });

    assertThatThrownBy(() ->
            client
                .connect(server.uri(), OPTIONS.withConnectTimeout(Duration.ofMillis(300)))
                .await())
        .isInstanceOf(NbdException.TimedOut.class);
  }

  @Test
  void aListWithoutEndFails() {
    Buffer more = Buffer.buffer();
    for (int i = 0; i < 1000; i++) {
      more.appendBuffer(FakeServer.buffer(Transcripts.listed("disk" + i, "again")));
    }
    FakeServer server =
        serve(connection -> {
          connection.write(FakeServer.buffer(Transcripts.greeting()));
          pour(connection, more);
        });

    assertThatThrownBy(() -> client.list(server.uri(), OPTIONS).await())
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("don't end");
  }

  private void pour(NetSocket connection, Buffer more) {
    connection.write(more).onSuccess(written -> pour(connection, more));
  }

  @Test
  void plaintextSentWithTheBeginOfTlsIsRefused() {
    ByteBuf injected = Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS));
    injected.writeBytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS));
    byte[] bytes = Transcripts.bytes(injected);
    FakeServer server = serve(connection -> connection.write(Buffer.buffer(bytes)));

    assertThatThrownBy(() -> client.connect(secure(server), OPTIONS).await())
        .isInstanceOf(NbdException.Protocol.class)
        .hasMessageContaining("plaintext");
  }

  @Test
  void plaintextSentInPlaceOfTlsIsRefused() {
    byte[] begin =
        Transcripts.bytes(Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS)));
    byte[] instead = Transcripts.bytes(Transcripts.ack(Wire.OPT_EXTENDED_HEADERS));
    FakeServer server =
        serve(connection -> {
          // What follows the client's flags and its first option (4 + 16 bytes) is its hello.
          int[] received = new int[1];
          connection.handler(bytes -> {
            received[0] += bytes.length();
            if (received[0] > 20) {
              connection.write(Buffer.buffer(instead));
            }
          });
          connection.write(Buffer.buffer(begin));
        });

    assertThatThrownBy(() -> client.connect(secure(server), OPTIONS).await())
        .isInstanceOf(NbdException.Refused.class)
        .hasMessageContaining("TLS");
  }

  @Test
  void aServerThatNeverFinishesTlsTimesOut() {
    byte[] begin =
        Transcripts.bytes(Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS)));
    FakeServer server = serve(connection -> connection.write(Buffer.buffer(begin)));

    assertThatThrownBy(() ->
            client
                .connect(secure(server), OPTIONS.withConnectTimeout(Duration.ofMillis(300)))
                .await())
        .isInstanceOf(NbdException.TimedOut.class);
  }

  @Test
  void aServerThatDiesWhileTlsBeginsHasNotRefusedIt() {
    byte[] begin =
        Transcripts.bytes(Transcripts.greeting().writeBytes(Transcripts.ack(Wire.OPT_STARTTLS)));
    FakeServer server =
        serve(connection -> {
          int[] received = new int[1];
          connection.handler(bytes -> {
            received[0] += bytes.length();
            if (received[0] > 20) {
              connection.close();
            }
          });
          connection.write(Buffer.buffer(begin));
        });

    assertThatThrownBy(() -> client.connect(secure(server), OPTIONS).await())
        .isInstanceOf(NbdException.Closed.class);
  }

  private byte[] read(FakeServer server) {
    NbdConnection connection = client.connect(server.uri(), OPTIONS).await();
    ByteBuf target = Unpooled.buffer(READ, READ);
    connection.read(0, READ, target).await();
    return target.array();
  }

  private FakeServer serve(Consumer<NetSocket> behaviour) {
    return FakeServer.start(vertx, directory.resolve("fake.sock"), behaviour);
  }

  private static NbdUri secure(FakeServer server) {
    return server.uri().withTls(NbdTls.defaults());
  }

  private static byte[] opening(Dialect dialect) {
    return Transcripts.bytes(Transcripts.opening(dialect, Map.of()));
  }

  /** To a read of the first bytes that has cookie 1. */
  private static ByteBuf answer(Dialect dialect) {
    return dialect == Dialect.SIMPLE
        ? Transcripts.simple(1, 0, Transcripts.content(0, READ))
        : Transcripts.chunk(dialect, 0, 1, true, Wire.CHUNK_OFFSET_DATA, Transcripts.data(0, READ));
  }
}
