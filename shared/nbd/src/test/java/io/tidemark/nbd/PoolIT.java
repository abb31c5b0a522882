package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools of connections, whole and broken. */
class PoolIT extends ServerTest {
  private static final int PART = 64 * 1024;
  private static final NbdPoolOptions THREE =
      NbdPoolOptions.of(3).withReconnects(5, Duration.ofMillis(20));

  @Test
  void aDiskIsReadOverAllConnections() throws IOException {
    byte[] content = randomFile("disk.raw", 8 * MIB);
    try (ServerProcess server = fileServer("-r")) {
      CuttableProxy proxy = proxyOf(server);
      NbdConnection pool = client.pool(proxy.uri(), OPTIONS, THREE).await();

      assertThat(readInParts(pool, content.length)).isEqualTo(content);

      assertThat(proxy.accepted()).isEqualTo(3);
      pool.close().await();
      assertThatThrownBy(() -> read(pool, 0, 512)).isInstanceOf(NbdException.Closed.class);
      await().until(() -> proxy.open() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void slicesOfOneBufferAreFilledOverSeveralConnectionsAtOnce(boolean direct) throws IOException {
    byte[] content = randomFile("disk.raw", 8 * MIB);
    try (ServerProcess server = fileServer("-r")) {
      NbdConnection pool =
          client.pool(server.uri(""), OPTIONS, THREE.withMaxBytesInFlight(8 * MIB)).await();
      ByteBuf target =
          direct
              ? Unpooled.directBuffer(content.length, content.length)
              : Unpooled.buffer(content.length, content.length);

      for (int round = 0; round < 50; round++) {
        target.setZero(0, content.length);
        readInParts(pool, target);

        assertThat(target.slice(0, content.length)).isEqualTo(Unpooled.wrappedBuffer(content));
      }

      target.release();
      pool.close().await();
    }
  }

  @Test
  void whatIsWrittenOnOneIsFlushedByAnother() throws IOException {
    randomFile("disk.raw", 8 * MIB);
    try (ServerProcess server = ServerProcess.qemuNbd(directory, "-f", "raw", file("disk.raw"))) {
      NbdConnection pool = client.pool(server.uri(""), OPTIONS, THREE).await();
      List<Future<Void>> writes = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        writes.add(pool.write((long) i * PART, filled(PART, i)));
      }

      Future.all(writes).await();
      pool.flush().await();

      for (int i = 0; i < 32; i++) {
        assertThat(read(pool, (long) i * PART, PART)).containsOnly(i);
      }
      pool.close().await();
    }
  }

  @Test
  void aBrokenConnectionFailsItsOwnRequestsAndIsReplaced() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "-r", "--filter=delay", "memory", "8M", "rdelay=500ms")) {
      CuttableProxy proxy = proxyOf(server);
      NbdConnection pool = client.pool(proxy.uri(), OPTIONS, THREE).await();
      List<Future<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        reads.add(pool.read((long) i * PART, PART, Unpooled.buffer(PART)));
      }

      proxy.cutOne();
      Future.join(reads).otherwiseEmpty().await();

      assertThat(reads.stream().filter(Future::failed)).hasSize(2);
      assertThat(reads.stream().filter(Future::failed).map(Future::cause))
          .allMatch(e -> e instanceof NbdException.Closed closed && closed.retryable());
      await().until(() -> proxy.accepted() == 4);
      assertThat(readInParts(pool, PART)).hasSize(PART);
      pool.close().await();
    }
  }

  @Test
  void whatWaitsIsNotLostWithABrokenConnection() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "-r", "--filter=delay", "memory", "8M", "rdelay=500ms")) {
      CuttableProxy proxy = proxyOf(server);
      NbdConnection pool =
          client.pool(proxy.uri(), OPTIONS, THREE.withMaxBytesInFlight(6 * PART)).await();
      List<Future<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 18; i++) {
        reads.add(pool.read((long) i * PART, PART, Unpooled.buffer(PART)));
      }

      proxy.cutOne();
      Future.join(reads).otherwiseEmpty().await();

      assertThat(reads.stream().filter(Future::failed)).hasSize(2);
      pool.close().await();
    }
  }

  @Test
  void aServerThatComesBackIsUsedAgain() throws IOException {
    byte[] content = randomFile("disk.raw", MIB);
    ServerProcess first = fileServer("-r");
    NbdConnection pool =
        client
            .pool(first.uri(""), OPTIONS, THREE.withReconnects(50, Duration.ofMillis(20)))
            .await();
    first.kill();

    try (ServerProcess second = fileServer("-r")) {
      assertThat(read(pool, 0, MIB)).isEqualTo(content);
      assertThat(second.isAlive()).isTrue();
      pool.close().await();
    }
  }

  @Test
  void aServerThatStaysAwayFailsThePoolInTheEnd() throws IOException {
    randomFile("disk.raw", MIB);
    ServerProcess server = fileServer("-r");
    NbdConnection pool =
        client
            .pool(server.uri(""), OPTIONS, THREE.withReconnects(2, Duration.ofMillis(10)))
            .await();

    server.kill();

    assertThat(pool.lost().await()).isInstanceOf(NbdException.class);
    assertThatThrownBy(() -> read(pool, 0, 512)).isInstanceOf(NbdException.class);
  }

  @Test
  void anotherExportInTheSamePlaceIsNotTakenForTheOldOne() throws IOException {
    randomFile("disk.raw", MIB);
    ServerProcess first = fileServer("-r");
    NbdConnection pool =
        client
            .pool(first.uri(""), OPTIONS, THREE.withReconnects(50, Duration.ofMillis(20)))
            .await();
    first.kill();
    randomFile("disk.raw", 2 * MIB);

    try (ServerProcess second = fileServer("-r")) {
      assertThat(pool.lost().await())
          .isInstanceOf(NbdException.Refused.class)
          .hasMessageContaining("not the one");
      assertThat(second.isAlive()).isTrue();
    }
  }

  @Test
  void aServerThatTakesOneConnectionOnlyIsReadOverOne() throws IOException {
    byte[] content = randomFile("disk.raw", MIB);
    try (ServerProcess server = fileServer("-r", "--filter=limit", "limit=1")) {
      NbdConnection pool = client.pool(server.uri(""), OPTIONS, THREE).await();

      assertThat(readInParts(pool, MIB)).isEqualTo(content);
      pool.close().await();
    }
  }

  @Test
  void anExportWhoseConnectionsAreNotCoherentGetsOneOnly() {
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory, "--filter=multi-conn", "memory", "8M", "multi-conn-mode=disable")) {
      CuttableProxy proxy = proxyOf(server);
      NbdConnection pool = client.pool(proxy.uri(), OPTIONS, THREE).await();

      pool.write(0, filled(PART, 1)).await();

      assertThat(proxy.accepted()).isEqualTo(1);
      pool.close().await();
    }
  }

  @Test
  void theBytesInFlightOfAllConnectionsAreBounded() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "-r", "--filter=delay", "memory", "8M", "rdelay=100ms")) {
      NbdConnection pool =
          client.pool(server.uri(""), OPTIONS, THREE.withMaxBytesInFlight(PART)).await();
      long begin = System.nanoTime();

      readInParts(pool, 4 * PART);

      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(400));
      pool.close().await();
    }
  }

  @Test
  void aViewOfThePoolCanBeCancelledAndTimesOut() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "-r", "--filter=delay", "memory", "8M", "rdelay=30")) {
      NbdConnection pool = client.pool(server.uri(""), OPTIONS, THREE).await();
      Promise<Void> enough = Promise.promise();
      Future<Void> cancelled = pool.until(enough.future()).read(0, 512, Unpooled.buffer(512));
      Future<Void> late =
          pool.withTimeout(Duration.ofMillis(50)).read(0, 512, Unpooled.buffer(512));

      assertThatThrownBy(late::await).isInstanceOf(NbdException.TimedOut.class);
      enough.complete();
      assertThatThrownBy(cancelled::await).isInstanceOf(NbdException.Cancelled.class);
    }
  }

  @Test
  void aMistakeIsSaidToWhoMakesIt() {
    try (ServerProcess server = ServerProcess.nbdkit(directory, "-r", "memory", "8M")) {
      NbdConnection pool = client.pool(server.uri(""), OPTIONS, THREE).await();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> pool.read(9 * MIB, 512, Unpooled.buffer(512)));
      assertThatThrownBy(() -> pool.read(0, 512, Unpooled.buffer(8, 8)).await())
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(read(pool, 0, 512)).hasSize(512);
      pool.close().await();
    }
  }

  private ServerProcess fileServer(String... options) {
    List<String> arguments = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    for (String option : options) {
      (option.startsWith("-") ? arguments : settings).add(option);
    }
    arguments.add("file");
    arguments.add(file("disk.raw"));
    arguments.addAll(settings);
    return ServerProcess.nbdkit(directory, arguments.toArray(String[]::new));
  }

  private CuttableProxy proxyOf(ServerProcess server) {
    Path socket = ((NbdServerAddress.Unix) server.uri("").server()).socket();
    return new CuttableProxy(vertx, directory.resolve("proxy.sock"), socket);
  }

  private static byte[] readInParts(NbdConnection connection, int bytes) {
    ByteBuf target = Unpooled.buffer(bytes, bytes);
    readInParts(connection, target);
    return target.array();
  }

  private static void readInParts(NbdConnection connection, ByteBuf target) {
    List<Future<Void>> reads = new ArrayList<>();
    for (int offset = 0; offset < target.capacity(); offset += PART) {
      reads.add(connection.read(offset, PART, target.slice(offset, PART).writerIndex(0)));
    }
    Future.all(reads).await();
  }
}
