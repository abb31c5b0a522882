package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that fail, dawdle and leave: right bytes in the end, or a clear error. */
class FaultyServersIT extends ServerTest {
  private static final int PART = 64 * 1024;

  @Test
  void readsThatFailNowAndThenAreRightOnceRepeated() throws IOException {
    byte[] content = randomFile("disk.raw", 8 * MIB);
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=error",
            "file",
            file("disk.raw"),
            "error-pread=EIO",
            "error-pread-rate=20%")) {
      NbdConnection connection = connect(server);
      ByteBuf target = Unpooled.buffer(8 * MIB);
      List<Future<Void>> parts = new ArrayList<>();
      for (int offset = 0; offset < 8 * MIB; offset += PART) {
        parts.add(readStubbornly(connection, offset, target.slice(offset, PART), 50));
      }

      Future.all(parts).await();

      assertThat(target.array()).isEqualTo(content);
      connection.close().await();
    }
  }

  private static Future<Void> readStubbornly(
      NbdConnection connection, long offset, ByteBuf target, int attempts) {
    return connection
        .read(offset, PART, target.writerIndex(0))
        .recover(e ->
            e instanceof NbdException known && known.retryable() && attempts > 0
                ? readStubbornly(connection, offset, target, attempts - 1)
                : Future.failedFuture(e));
  }

  @ParameterizedTest
  @CsvSource({"EIO, 5, true", "ENOMEM, 12, true", "EPERM, 1, false", "EINVAL, 22, false"})
  void anErrorSaysWhetherToTryAgain(String name, int errno, boolean retryable) {
    try (ServerProcess server = failing("error-pread=" + name, "error-pread-rate=100%")) {
      NbdConnection connection = connect(server);

      assertThatThrownBy(() -> read(connection, 4096, 512))
          .isInstanceOfSatisfying(
              NbdException.Server.class,
              e -> {
                assertThat(e.errno()).isEqualTo(errno);
                assertThat(e.retryable()).isEqualTo(retryable);
              })
          .hasMessageContaining("512 bytes at 4096");
      connection.close().await();
    }
  }

  @Test
  void aServerThatSaysItShutsDownIsLeft() {
    try (ServerProcess server = failing("error-pread=ESHUTDOWN", "error-pread-rate=100%")) {
      NbdConnection connection = connect(server);

      assertThatThrownBy(() -> read(connection, 0, 512))
          .isInstanceOfSatisfying(
              NbdException.Server.class, e -> assertThat(e.errno()).isEqualTo(108));
      assertThat(connection.lost().await())
          .isInstanceOf(NbdException.Closed.class)
          .hasMessageContaining("shutting down");
    }
  }

  @Test
  void anErrorInBlockStatusIsNotTakenForNothing() {
    try (ServerProcess server = failing("error-extents=EIO", "error-extents-rate=100%")) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation")).await();

      assertThatThrownBy(() -> connection.blockStatus("base:allocation", 0, MIB).await())
          .isInstanceOf(NbdException.Server.class);
      connection.close().await();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "delay, rdelay=20ms",
    "rate, rate=200M",
    "noparallel, serialize=all-requests",
    "blocksize, minblock=4K",
    "cow, cow-on-read=false",
    "cache, cache=writeback",
    "readahead, ''",
    "noextents, ''",
    "cacheextents, ''",
    "retry, retries=2",
    "stats, statsfile=/dev/null"
  })
  void whateverStandsBetweenTheBytesAreRight(String filter, String option) throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    List<String> arguments =
        new ArrayList<>(List.of("--filter=" + filter, "file", file("disk.raw")));
    if (!option.isEmpty()) {
      arguments.add(option);
    }
    try (ServerProcess server = ServerProcess.nbdkit(directory, arguments.toArray(String[]::new))) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation")).await();
      ByteBuf target = Unpooled.buffer(4 * MIB);
      List<Future<Void>> parts = new ArrayList<>();
      for (int offset = 0; offset < 4 * MIB; offset += PART) {
        parts.add(connection.read(offset, PART, target.slice(offset, PART).writerIndex(0)));
      }

      Future.all(parts).await();

      assertThat(target.array()).isEqualTo(content);
      assertThat(
              connection.blockStatus("base:allocation", 0, 4 * MIB).await().stream()
                  .mapToLong(NbdExtent::lengthBytes)
                  .sum())
          .isEqualTo(4 * MIB);
      connection.close().await();
    }
  }

  @Test
  void extentsAreToldAsTheServerHasThem() throws IOException {
    randomFile("disk.raw", 4 * MIB);
    Files.writeString(directory.resolve("extents"), "0 1M\n1M 1M hole,zero\n2M 64K zero\n");
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=extentlist",
            "file",
            file("disk.raw"),
            "extentlist=" + file("extents"))) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation")).await();

      assertThat(connection.blockStatus("base:allocation", 0, 3 * MIB).await())
          .containsExactly(
              new NbdExtent(0, MIB, 0),
              new NbdExtent(MIB, MIB, 3),
              new NbdExtent(2 * MIB, PART, 2),
              new NbdExtent(2 * MIB + PART, MIB - PART, 3));
      connection.close().await();
    }
  }

  @Test
  void aServerThatEndsWithItsLastClientServesThatOne() throws IOException {
    byte[] content = randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--filter=exitlast", "file", file("disk.raw"))) {
      NbdUri uri = server.uri("");
      NbdConnection connection = client.connect(uri, OPTIONS).await();

      assertThat(read(connection, 0, MIB)).isEqualTo(content);
      connection.close().await();

      assertThat(server.ended()).isTrue();
      assertThatThrownBy(() -> client.connect(uri, OPTIONS).await())
          .isInstanceOf(NbdException.Unreachable.class);
    }
  }

  @Test
  void bytesThatAreSpoiltOnTheWayFailNothingAndHangNothing() throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    Optional<ServerProcess> evil =
        ServerProcess.nbdkitWith(
            "evil",
            directory,
            "file",
            file("disk.raw"),
            "evil=cosmic-rays",
            "evil-probability=1e-5",
            "evil-seed=1");
    assumeThat(evil).as("an nbdkit with the evil filter, which 1.36 and later have").isPresent();
    try (ServerProcess server = evil.orElseThrow()) {
      NbdConnection connection = connect(server);

      byte[] spoilt = read(connection, 0, 4 * MIB);

      int first = Arrays.mismatch(spoilt, content);
      assertThat(first).isNotNegative();
      assertThat(Integer.bitCount((spoilt[first] ^ content[first]) & 0xff)).isPositive();
      connection.close().await();
    }
  }

  @Test
  void aServerThatDiesInTheMiddleOfAReadFailsIt() {
    Path marker = directory.resolve("marker");
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "eval",
            "get_size=echo 1M",
            "pread=if [ $4 -ge 524288 ]; then touch "
                + marker
                + "; kill -9 $PPID; fi; dd if=/dev/zero count=$3 iflag=count_bytes")) {
      NbdConnection connection = connect(server);
      assertThat(read(connection, 0, 4096)).containsOnly(0);

      assertThatThrownBy(() -> read(connection, 524_288, 4096))
          .isInstanceOf(NbdException.Closed.class);
      assertThat(marker).exists();
    }
  }

  @Test
  void aServerThatStopsInMidTransferTimesOut() throws IOException {
    randomFile("disk.raw", 4 * MIB);
    try (ServerProcess server = ServerProcess.nbdkit(directory, "file", file("disk.raw"))) {
      NbdConnection connection =
          client
              .connect(server.uri(""), OPTIONS.withRequestTimeout(Duration.ofMillis(300)))
              .await();
      server.freeze();

      assertThatThrownBy(() -> read(connection, 0, 4 * MIB))
          .isInstanceOfSatisfying(
              NbdException.TimedOut.class, e -> assertThat(e.retryable()).isTrue());
    }
  }

  @Test
  void aServerOfTheOldStyleIsRefused() {
    try (ServerProcess server = ServerProcess.nbdkit(directory, "-o", "memory", "1M")) {
      assertThatThrownBy(() -> connect(server))
          .isInstanceOf(NbdException.Protocol.class)
          .hasMessageContaining("old handshake");
    }
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--mask-handshake=0", "memory", "1M")) {
      assertThatThrownBy(() -> connect(server))
          .isInstanceOf(NbdException.Protocol.class)
          .hasMessageContaining("fixed newstyle");
    }
  }

  private ServerProcess failing(String... options) {
    List<String> arguments = new ArrayList<>(List.of("--filter=error", "memory", "4M"));
    arguments.addAll(List.of(options));
    return ServerProcess.nbdkit(directory, arguments.toArray(String[]::new));
  }
}
