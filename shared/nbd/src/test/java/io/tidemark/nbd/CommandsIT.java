package io.tidemark.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.nbd.protocol.Dialect;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every command, with its flags, on servers that offer it and on servers that don't. */
class CommandsIT extends ServerTest {
  private static final long GIB = 1L << 30;

  @Test
  void aTrimmedRangeIsGivenBack() throws IOException {
    randomFile("disk.raw", 8 * MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-f", "raw", "--discard=unmap", file("disk.raw"))) {
      NbdConnection connection = connect(server);

      connection.trim(2 * MIB, MIB, NbdFlag.FUA).await();

      ByteBuf target = Unpooled.buffer(2 * MIB);
      assertThat(connection.readSparse(2 * MIB, 2 * MIB, target).await()).isEqualTo(MIB);
      connection.close().await();
    }
  }

  @Test
  void aWriteWithFuaIsThereWhenItIsAnswered() throws IOException {
    byte[] content = randomFile("disk.raw", MIB);
    try (ServerProcess server = ServerProcess.qemuNbd(directory, "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = connect(server);

      connection.write(4096, filled(512, 7), NbdFlag.FUA).await();

      assertThat(read(connection, 4096, 512)).containsOnly(7);
      assertThat(read(connection, 0, 4096)).isEqualTo(java.util.Arrays.copyOf(content, 4096));
      connection.close().await();
    }
  }

  @Test
  void zeroingIsFastOrWithoutHolesAsItIsAskedFor() {
    try (ServerProcess server = ServerProcess.nbdkit(directory, "memory", "4M")) {
      NbdConnection connection = connect(server);
      connection.write(0, filled(2 * MIB, 1)).await();

      connection.writeZeroes(0, MIB, NbdFlag.FAST_ZERO, NbdFlag.FUA).await();
      connection.writeZeroes(MIB, 4096, NbdFlag.NO_HOLE).await();
      connection.cache(0, 4 * MIB).await();

      assertThat(read(connection, 0, MIB + 4096)).containsOnly(0);
      assertThat(read(connection, MIB + 4096, 4096)).containsOnly(1);
      connection.close().await();
    }
  }

  @Test
  void whatAReadOnlyExportCanNotDoIsNotSent() throws IOException {
    randomFile("disk.raw", MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = connect(server);

      assertUnsupported(connection.write(0, filled(512, 1)), "read-only");
      assertUnsupported(connection.writeZeroes(0, 512), "read-only");
      assertUnsupported(connection.trim(0, 512), "read-only");
      assertThat(read(connection, 0, 512)).hasSize(512);
      connection.close().await();
    }
  }

  @Test
  void whatAServerDoesNotOfferIsNotSent() {
    try (ServerProcess server =
        ServerProcess.nbdkit(
            directory,
            "--filter=nozero",
            "--filter=fua",
            "--filter=nocache",
            "memory",
            "4M",
            "zeromode=none",
            "cachemode=none")) {
      NbdConnection connection = connect(server);

      assertUnsupported(connection.write(0, filled(512, 1), NbdFlag.FUA), "FUA");
      assertUnsupported(connection.writeZeroes(0, 512, NbdFlag.FUA), "FUA");
      assertUnsupported(connection.writeZeroes(0, 512, NbdFlag.FAST_ZERO), "command 6");
      assertUnsupported(connection.cache(0, 512), "command 5");
      assertUnsupported(connection.write(0, filled(512, 1), NbdFlag.NO_HOLE), "flag");
      connection.writeZeroes(0, 512).await();
      connection.close().await();
    }
  }

  @Test
  void simpleRepliesDoWhereThereAreNoOthers() throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    try (ServerProcess server =
        ServerProcess.nbdkit(directory, "--no-sr", "file", file("disk.raw"))) {
      NbdConnection connection = connect(server);

      assertThat(dialect(connection)).isEqualTo(Dialect.SIMPLE);
      assertThat(read(connection, 0, 4 * MIB)).isEqualTo(content);
      ByteBuf target = Unpooled.buffer(MIB);
      assertThat(connection.readSparse(0, MIB, target).await()).isZero();
      connection.close().await();
    }
  }

  @Test
  void holesAreToldByASparseReadAndReadAsZeroes() throws IOException {
    sparseFile("disk.raw", 4 * MIB, MIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-r", "-f", "raw", file("disk.raw"))) {
      NbdConnection connection = connect(server);
      ByteBuf target = filled(4 * MIB, 9).writerIndex(0);

      long holes = connection.readSparse(0, 4 * MIB, target).await();

      assertThat(holes).isEqualTo(4 * MIB - 4096);
      assertThat(target.array()).isEqualTo(read(connection, 0, 4 * MIB));
      assertThat(target.getByte(MIB)).isEqualTo((byte) 0x55);
      connection.close().await();
    }
  }

  @Test
  void aReadTellsWhetherAllOfItIsZero() throws IOException {
    sparseFile("disk.raw", 4 * MIB, MIB);
    try (ServerProcess server = inBlocksUpTo("512K")) {
      NbdConnection connection = connect(server);
      ByteBuf target = filled(4 * MIB, 9).writerIndex(0);

      assertThat(connection.readTestingZero(0, MIB, target).await()).isTrue();
      assertThat(connection.readTestingZero(MIB, 2 * MIB, target).await()).isFalse();
      assertThat(connection.readTestingZero(3 * MIB, MIB, target).await()).isTrue();

      assertThat(target.array()).isEqualTo(read(connection, 0, 4 * MIB));
      connection.close().await();
    }
  }

  @Test
  void theServersBlockSizesAreObeyed() throws IOException {
    byte[] content = randomFile("disk.raw", 4 * MIB);
    try (ServerProcess server = inBlocksUpTo("1M")) {
      NbdConnection connection = connect(server);

      assertThat(connection.export().minBlockBytes()).isEqualTo(4096);
      assertThat(connection.export().maxPayloadBytes()).isEqualTo(MIB);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> connection.read(512, 4096, Unpooled.buffer(4096)))
          .withMessageContaining("blocks of 4096");
      assertThat(read(connection, 0, 4 * MIB)).isEqualTo(content);
      connection.write(MIB, Unpooled.wrappedBuffer(content, 0, 3 * MIB)).await();
      assertThat(read(connection, MIB, 3 * MIB))
          .isEqualTo(java.util.Arrays.copyOf(content, 3 * MIB));
      connection.close().await();
    }
  }

  @Test
  void allContextsAreToldAtOnce() {
    Bitmaps.diskWithDirtyBitmap(directory);
    String bitmap = "qemu:dirty-bitmap:b0";
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-A", "-r", "-f", "qcow2", "-B", "b0", file("s.qcow2"))) {
      NbdOptions options =
          OPTIONS.withMetaContexts("base:allocation", "qemu:allocation-depth", bitmap);
      NbdConnection connection = client.connect(server.uri(""), options).await();

      Map<String, List<NbdExtent>> all = connection.blockStatus(0, 64 * MIB).await();

      assertThat(all.keySet()).containsExactlyElementsOf(options.metaContexts());
      assertThat(all.get(bitmap)).isEqualTo(Bitmaps.DIRTY);
      for (String context : options.metaContexts()) {
        assertThat(all.get(context))
            .isEqualTo(connection.blockStatus(context, 0, 64 * MIB).await());
        assertThat(all.get(context).stream().mapToLong(NbdExtent::lengthBytes).sum())
            .isEqualTo(64 * MIB);
      }
      connection.close().await();
    }
  }

  @Test
  void extendedHeadersCarryLengthsBeyond32Bits() throws IOException {
    sparseFile("disk.raw", 9 * GIB, 8 * GIB);
    try (ServerProcess server =
        ServerProcess.qemuNbdOfLab(directory, "-f", "raw", "--discard=unmap", file("disk.raw"))) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation")).await();

      assertThat(dialect(connection)).isEqualTo(Dialect.EXTENDED);
      assertThat(connection.blockStatus("base:allocation", 0, 9 * GIB).await())
          .containsExactly(
              new NbdExtent(0, 8 * GIB, 3),
              new NbdExtent(8 * GIB, 4096, 0),
              new NbdExtent(8 * GIB + 4096, GIB - 4096, 3));
      assertThat(read(connection, 8 * GIB, 4096)).containsOnly(0x55);
      connection.write(7 * GIB, filled(MIB, 3), NbdFlag.FUA).await();
      assertThat(read(connection, 7 * GIB - 512, MIB)).contains(3).contains(0);
      connection.writeZeroes(0, 9 * GIB).await();
      connection.trim(0, 9 * GIB).await();
      assertThat(connection.blockStatus("base:allocation", 0, 9 * GIB).await())
          .containsExactly(new NbdExtent(0, 9 * GIB, 3));
      connection.flush().await();
      connection.close().await();
    }
  }

  @Test
  void aRangeBeyond32BitsIsCutWithoutExtendedHeaders() throws IOException {
    sparseFile("disk.raw", 9 * GIB, 8 * GIB);
    try (ServerProcess server =
        ServerProcess.qemuNbd(directory, "-f", "raw", "--discard=unmap", file("disk.raw"))) {
      NbdConnection connection =
          client.connect(server.uri(""), OPTIONS.withMetaContexts("base:allocation")).await();

      assertThat(dialect(connection)).isNotEqualTo(Dialect.SIMPLE);
      connection.writeZeroes(0, 9 * GIB).await();
      assertThat(connection.blockStatus("base:allocation", 0, 9 * GIB).await())
          .containsExactly(new NbdExtent(0, 9 * GIB, 3));
      connection.close().await();
    }
  }

  /** Serves the disk in blocks of 4 KiB, with that much in one request at most. */
  private ServerProcess inBlocksUpTo(String most) {
    return ServerProcess.nbdkit(
        directory,
        "--filter=blocksize-policy",
        "file",
        file("disk.raw"),
        "blocksize-minimum=4K",
        "blocksize-preferred=64K",
        "blocksize-maximum=" + most,
        "blocksize-error-policy=error");
  }

  private void sparseFile(String name, long bytes, long dataAt) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(file(name), "rw")) {
      file.setLength(bytes);
      file.seek(dataAt);
      file.write(filled(4096, 0x55).array());
    }
  }

  private static Dialect dialect(NbdConnection connection) {
    return ((OpenExport) connection).agreed().dialect();
  }

  private static void assertUnsupported(Future<Void> result, String what) {
    assertThatThrownBy(result::await)
        .isInstanceOf(NbdException.Unsupported.class)
        .hasMessageContaining(what);
  }
}
