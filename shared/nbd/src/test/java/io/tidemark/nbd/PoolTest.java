package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.tidemark.nbd.protocol.Wire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pool makes of callers and servers that misbehave. */
@Timeout(60)
class PoolTest extends ServerTest {
  private static final int READ = 512;

  /** Who reads here is cut off. */
  private static final long CUT = 4096;

  @Test
  void aHandlerThatThrowsDoesNotStopThePool() {
    vertx.exceptionHandler(e -> assertThat(e).hasMessage("the caller's"));
    NbdConnection pool = pool(NbdPoolOptions.of(1).withMaxBytesInFlight(READ));
    Future<Void> first = pool.read(0, READ, Unpooled.buffer(READ));

    first.onComplete(ended -> {
      throw new IllegalStateException("the caller's");
    });

    assertThat(read(pool, 0, READ)).hasSize(READ);
    pool.close().await();
  }

  @Test
  void whatWaitsForAConnectionCanBeCancelled() {
    NbdConnection pool = pool(NbdPoolOptions.of(1).withReconnects(5, Duration.ofHours(1)));
    cutOne(pool);
    Promise<Void> enough = Promise.promise();
    NbdConnection view = pool.until(enough.future());
    Future<Void> waiting = view.read(0, READ, Unpooled.buffer(READ));

    enough.complete();

    assertThatThrownBy(waiting::await)
        .isInstanceOf(NbdException.Cancelled.class)
        .hasMessageContaining("nbd+unix");
    assertThatThrownBy(() -> view.withTimeout(Duration.ofHours(1)).flush().await())
        .isInstanceOf(NbdException.Cancelled.class);
  }

  @Test
  void aFlushAfterALossOfWhatWasNotFlushedFails() {
    NbdConnection pool = pool(NbdPoolOptions.of(2).withReconnects(5, Duration.ofMillis(20)));
    pool.write(0, filled(READ, 1)).await();
    cutOne(pool);

    assertThatThrownBy(() -> pool.flush().await())
        .isInstanceOfSatisfying(NbdException.Closed.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("write it again");
    pool.write(0, filled(READ, 1)).await();
    pool.flush().await();
    pool.close().await();
  }

  @Test
  void whatWasFlushedOrDurableAtOnceIsNotMissedWithALostConnection() {
    NbdConnection pool = pool(NbdPoolOptions.of(2).withReconnects(5, Duration.ofMillis(20)));
    pool.write(0, filled(READ, 1)).await();
    pool.flush().await();
    pool.write(0, filled(READ, 1), NbdFlag.FUA).await();
    cutOne(pool);

    pool.flush().await();
    pool.close().await();
  }

  private static void cutOne(NbdConnection pool) {
    assertThatThrownBy(() -> read(pool, CUT, READ)).isInstanceOf(NbdException.Closed.class);
  }

  private NbdConnection pool(NbdPoolOptions options) {
    byte[] opening = Transcripts.bytes(Transcripts.opening(Dialect.SIMPLE, Map.of()));
    FakeServer server =
        FakeServer.start(
            vertx,
            directory.resolve("fake.sock"),
            FakeServer.answerRequests(
                opening,
                request -> {
                  if (request.command() == Wire.CMD_READ && request.offset() == CUT) {
                    request.connection().close();
                  } else {
                    request.succeed();
                  }
                }));
    return client.pool(server.uri(), OPTIONS, options).await();
  }
}
