package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that are given up, and what they leave behind. */
class LimitsIT extends ServerTest {

  @Test
  void aRequestBeyondItsLimitFailsAloneAndTheConnectionGoesOn() {
    try (ServerProcess server = delayed("rdelay=30")) {
      NbdConnection connection = connect(server);
      NbdConnection hasty = connection.withTimeout(Duration.ofMillis(100));

      assertThatThrownBy(() -> read(hasty, 0, 512))
          .isInstanceOf(NbdException.TimedOut.class)
          .hasMessageContaining("512 bytes at 0");
      hasty.write(0, filled(512, 1)).await();
      assertThat(connection.lost().isComplete()).isFalse();
    }
  }

  @Test
  void cancellingFailsWhatIsInFlightAndWhatWaits() {
    try (ServerProcess server = delayed("rdelay=30")) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS.withMaxInFlight(2)).await();
      Promise<Void> enough = Promise.promise();
      NbdConnection view = connection.until(enough.future());
      List<Future<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        reads.add(view.read(0, 512, Unpooled.buffer(512)));
      }

      enough.complete();

      for (Future<Void> read : reads) {
        assertThatThrownBy(read::await)
            .isInstanceOfSatisfying(
                NbdException.Cancelled.class, e -> assertThat(e.retryable()).isFalse());
      }
      assertThatThrownBy(() -> read(view, 0, 512)).isInstanceOf(NbdException.Cancelled.class);
      assertThatThrownBy(() -> read(view.withTimeout(Duration.ofHours(1)), 0, 512))
          .isInstanceOf(NbdException.Cancelled.class);
    }
  }

  @Test
  void theBufferOfACancelledReadIsLeftAlone() {
    try (ServerProcess server = delayed("rdelay=300ms")) {
      NbdConnection connection = connect(server);
      connection.write(0, filled(4096, 1)).await();
      Promise<Void> enough = Promise.promise();
      ByteBuf target = filled(4096, 9).writerIndex(0);
      Future<Void> given = connection.until(enough.future()).read(0, 4096, target);

      enough.complete();
      assertThatThrownBy(given::await).isInstanceOf(NbdException.Cancelled.class);
      Future<Void> later = connection.read(0, 4096, Unpooled.buffer(4096));
      later.await();

      assertThat(target.writerIndex()).isZero();
      assertThat(target.array()).containsOnly(9);
      assertThat(read(connection, 0, 4096)).containsOnly(1);
      connection.close().await();
    }
  }

  @Test
  void bytesInFlightAreBounded() {
    try (ServerProcess server = delayed("rdelay=100ms")) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMaxBytesInFlight(8192)).await();
      long begin = System.nanoTime();
      List<Future<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        reads.add(connection.read(i * 8192L, 8192, Unpooled.buffer(8192)));
      }

      Future.all(reads).await();

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(400));
      connection.close().await();
    }
  }

  @Test
  void closingWaitsForWhatIsPending() {
    try (ServerProcess server = delayed("rdelay=300ms")) {
      NbdConnection connection = connect(server);
      Future<Void> read = connection.read(0, 512, Unpooled.buffer(512));

      connection.close().await();

      assertThat(read.isComplete()).isTrue();
      read.await();
      assertThat(connection.lost().await()).isInstanceOf(NbdException.Closed.class);
    }
  }

  private ServerProcess delayed(String delay) {
    return ServerProcess.nbdkit(directory, "--filter=delay", "memory", "4M", delay);
  }
}
