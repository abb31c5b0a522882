package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the servers that are in use: right bytes, or a clear error. */
class RealServersIT extends ServerTest {
  @Test
  void aFileIsReadAsItIsWithManyRequestsInFlight() throws IOException {
    byte[] content = randomFile("disk.raw", 24 * MIB + 512);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", "-x", "disk", file("disk.raw"))) {
      NbdConnection connection = client.connect(server.uri("disk"), OPTIONS).await();
      ByteBuf read = Unpooled.buffer(content.length);
      List<Future<Void>> parts = new ArrayList<>();
      for (int offset = 0; offset < content.length; offset += 256 * 1024) {
        int length = Math.min(256 * 1024, content.length - offset);
        parts.add(connection.read(offset, length, read.slice(offset, length).writerIndex(0)));
      }

      Future.all(parts).await();

      assertThat(connection.export().sizeBytes()).isEqualTo(content.length);
      assertThat(connection.export().flags().readOnly()).isTrue();
      assertThat(read.array()).isEqualTo(content);
      connection.close().await();
    }
  }

  @Test
  void aReadLargerThanTheServerTakesIsCut() throws IOException {
    byte[] content = randomFile("disk.raw", 40 * MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS).await();
      ByteBuf read = Unpooled.directBuffer(content.length);

      connection.read(0, content.length, read).await();

      assertThat(read).isEqualTo(Unpooled.wrappedBuffer(content));
      read.release();
      connection.close().await();
    }
  }

  @Test
  void theDirtyBitmapTellsWhatWasWritten() {
    Bitmaps.diskWithDirtyBitmap(directory);
    String context = "qemu:dirty-bitmap:b0";
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "qcow2", "-B", "b0", file("s.qcow2"))) {
      NbdConnection connection =
          client
              .connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation", context))
              .await();

      assertThat(connection.blockStatus(context, 0, 64 * MIB).await()).isEqualTo(Bitmaps.DIRTY);
      assertThat(connection.blockStatus(context, MIB + 4096, 4096).await())
          .containsExactly(new NbdExtent(MIB + 4096, 4096, 1));
      connection.close().await();
    }
  }

  @Test
  void aMissingDirtyBitmapIsAnErrorAndNotNothingDirty() throws IOException {
    randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      assertThatThrownBy(() ->
              client
                  .connect(server.uri(""), OPTIONS.withMetaContexts("qemu:dirty-bitmap:none"))
                  .await())
          .isInstanceOf(NbdException.Refused.class)
          .hasMessageContaining("qemu:dirty-bitmap:none");
    }
  }

  @Test
  void anUnknownExportIsRefusedByName() throws IOException {
    randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", "-x", "there", file("disk.raw"))) {
      assertThatThrownBy(() -> client.connect(server.uri("elsewhere"), OPTIONS).await())
          .isInstanceOf(NbdException.Refused.class)
          .hasMessageContaining("elsewhere");
    }
  }

  @Test
  void whatIsWrittenAndZeroedIsInTheFile() throws IOException {
    byte[] expected = randomFile("disk.raw", 8 * MIB);
    byte[] written = new byte[3 * MIB];
    new Random(7).nextBytes(written);
    System.arraycopy(written, 0, expected, MIB, written.length);
    java.util.Arrays.fill(expected, 5 * MIB, 6 * MIB, (byte) 0);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-f", "raw", "--discard=unmap", file("disk.raw"))) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS).await();

      connection.write(MIB, Unpooled.wrappedBuffer(written)).await();
      connection.writeZeroes(5 * MIB, MIB, true).await();
      connection.flush().await();
      connection.close().await();
    }

    assertThat(Files.readAllBytes(Path.of(file("disk.raw")))).isEqualTo(expected);
  }

  @Test
  void aServerWithoutWriteZeroesGetsThemWritten() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--filter=nozero", "memory", "4M", "zeromode=none")) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS).await();
      connection.write(0, Unpooled.buffer(MIB).writeBytes(new byte[MIB / 2])).await();
      ByteBuf ones = Unpooled.buffer(2 * MIB);
      for (int i = 0; i < 2 * MIB; i++) {
        ones.writeByte(1);
      }
      connection.write(0, ones).await();

      connection.writeZeroes(512, MIB, true).await();

      ByteBuf read = Unpooled.buffer(2 * MIB);
      connection.read(0, 2 * MIB, read).await();
      assertThat(read.getByte(511)).isEqualTo((byte) 1);
      assertThat(read.getByte(512)).isZero();
      assertThat(read.getByte(512 + MIB - 1)).isZero();
      assertThat(read.getByte(512 + MIB)).isEqualTo((byte) 1);
      connection.close().await();
    }
  }

  @Test
  void anErrorOfTheServerFailsTheRequestAndNotTheConnection() {
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=error",
            "memory",
            "4M",
            "error-pread=EIO",
            "error-pread-rate=100%")) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS).await();
      ByteBuf target = Unpooled.buffer(4096);

      assertThatThrownBy(() -> connection.read(0, 4096, target).await())
          .isInstanceOfSatisfying(
              NbdException.Server.class, e -> assertThat(e.errno()).isEqualTo(5));
      connection.write(0, Unpooled.buffer(512).writeZero(512)).await();
      connection.close().await();
    }
  }

  @Test
  void aServerThatDiesFailsEveryPendingRead() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--filter=delay", "memory", "4M", "rdelay=30")) {
      NbdConnection connection = client.connect(server.uri(""), OPTIONS).await();
      List<Future<Void>> reads = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        reads.add(connection.read(i * 4096L, 4096, Unpooled.buffer(4096)));
      }

      server.kill();

      for (Future<Void> read : reads) {
        assertThatThrownBy(read::await).isInstanceOf(NbdException.Closed.class);
      }
      assertThatThrownBy(() -> connection.read(0, 512, Unpooled.buffer(512)).await())
          .isInstanceOf(NbdException.Closed.class);
    }
  }

  @Test
  void aServerThatNeverAnswersTimesOut() {
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--filter=delay", "memory", "4M", "rdelay=30")) {
      NbdConnection connection =
          client
              .connect(server.uri(""), OPTIONS.withRequestTimeout(Duration.ofMillis(300)))
              .await();

      assertThatThrownBy(() -> connection.read(0, 512, Unpooled.buffer(512)).await())
          .isInstanceOf(NbdException.TimedOut.class);
    }
  }

  @Test
  void aSocketThatIsNotThereIsSaidSo() {
    Path nowhere = directory.resolve("nowhere.sock");

    assertThatThrownBy(() -> client.connect(NbdUri.unix(nowhere, ""), OPTIONS).await())
        .isInstanceOf(NbdException.Unreachable.class)
        .hasMessageContaining("nowhere.sock");
  }
}
