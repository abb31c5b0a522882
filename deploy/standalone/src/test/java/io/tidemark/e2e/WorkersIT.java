package io.tidemark.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ShardExtracted;
import io.tidemark.nbd.NbdClient;
import io.tidemark.nbd.NbdConnection;
import io.tidemark.nbd.NbdOptions;
import io.tidemark.nbd.NbdUri;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many extractor processes, large disks, slow links. */
class WorkersIT {
  private static final long MIB = 1L << 20;
  private static final int BLOCK = 65_536;

  /** A million are slow to make; {@code -Dtidemark.dirty.extents=1000000} does. */
  private static final int DIRTY_EXTENTS = Integer.getInteger("tidemark.dirty.extents", 20_000);

  private static final double ALMOST_FOUR = 3.6;
  private static final int MOST_ROUNDS = 10;

  @TempDir private Path directory;

  @Test
  void fourWorkersReadAlmostFourTimesAsFastAsOneWhereEachConnectionIsLimited() throws IOException {
    long size = 1024 * MIB;
    String disk = lightDisk(size).toString();
    String[] options = {"--shard-size", "16M", "--shards-at-once", "1"};
    // 320 Mbit/s are 40 MB/s.
    try (NbdServer quick = NbdServer.nbdkit(directory.resolve("quick.sock"), "file", disk);
        NbdServer limited =
            NbdServer.nbdkit(
                directory.resolve("limited.sock"),
                "--filter=rate",
                "file",
                disk,
                "connection-rate=320M",
                "burstiness=0.1");
        Workers workers = Workers.around(directory)) {
      workers.start(1, List.of(), options);
      warmUp(workers, whole(quick, size), 2);
      double one = secondsOf(workers, whole(limited, size));
      for (int members = 2; members <= 4; members++) {
        workers.start(members, List.of(), options);
      }
      warmUp(workers, whole(quick, size), 3);
      // Four new processes compile what they run for a minute or so, all on the same processors.
      double four = Double.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && one / four <= ALMOST_FOUR; round++) {
        four = Math.min(four, secondsOf(workers, whole(limited, size)));
      }

      System.out.printf("one worker %.2f s, four %.2f s: %.2f times%n", one, four, one / four);
      assertThat(one / four).isGreaterThan(ALMOST_FOUR);
    }
  }

  @Test
  void aSlowWorkerDoesNotHoldTheRest() throws IOException {
    long size = 256 * MIB;
    try (NbdServer server =
            NbdServer.nbdkit(directory.resolve("disk.sock"), "pattern", "size=" + size);
        Workers workers = Workers.around(directory)) {
      // Interpreted only, it is many times slower than the other.
      int port = TestSuite.freePort();
      workers.start(1, List.of("-Xint"), "--shard-size", "16M", "--shards-at-once", "1");
      workers.start(2, List.of(), "--shard-size", "16M", "--management", "127.0.0.1:" + port);
      String backup = workers.backup(whole(server, size), "web");
      ProtectedVm.await("the backup is read", () -> workers.isDone(backup));

      Map<String, Long> shares =
          workers.extractedOf(backup).stream()
              .collect(Collectors.groupingBy(ShardExtracted::worker, Collectors.counting()));
      System.out.println("shards of each worker: " + shares);
      long most = shares.values().stream().mapToLong(n -> n).max().orElseThrow();
      assertThat(most).as("shards of the fast worker, of 16").isGreaterThan(10);
      assertFiguresTell(scrape(port), most * 16 * MIB);
    }
  }

  @Test
  void memoryStaysFlatForAHugeDiskWithManyDirtyExtents() throws IOException {
    long size = 8L << 40;
    Path metadata = dirtyDisk(size);
    try (NbdServer server =
            NbdServer.qemu(
                directory.resolve("disk.sock"), "-r", "-f", "qcow2", "-B", "b0", metadata + "");
        Workers workers = Workers.around(directory)) {
      ServiceProcess worker =
          workers.start(1, List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:MaxDirectMemorySize=96m"));
      BackupDisk disk =
          new BackupDisk(
              "vda",
              directory.resolve("disk.raw").toString(),
              "raw",
              size,
              server.uri(),
              Optional.of("qemu:dirty-bitmap:b0"),
              DiskMode.INCREMENTAL,
              Optional.empty(),
              true,
              Optional.of(new ParentDisk("vda", size, "nil", true)));
      String backup = workers.backup(disk, "web");
      ProtectedVm.await("the backup is read", 1200, () -> workers.isDone(backup));

      long read = workers.extractedOf(backup).stream().mapToLong(ShardExtracted::readBytes).sum();
      long rss = worker.peakRssBytes();
      System.out.printf(
          "%d dirty extents of %d TiB, %d MiB read: %d MiB resident at most%n",
          DIRTY_EXTENTS, size >> 40, read >> 20, rss >> 20);
      assertThat(read).isEqualTo((long) DIRTY_EXTENTS * BLOCK);
      assertThat(rss).isLessThan(400 * MIB);
    }
  }

  /** What docs/operations.md promises is there, and the bytes are those of the worker's shards. */
  private static void assertFiguresTell(String figures, long readBytes) throws IOException {
    String documented = Files.readString(Path.of("..", "..", "docs", "operations.md"));
    List<String> names =
        Pattern.compile("`(tidemark_[a-z_]+)")
            .matcher(documented)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(names).hasSizeGreaterThan(8).allSatisfy(name -> assertThat(figures).contains(name));
    assertThat(figures).contains("stage=\"nbd-read\"");
    assertThat(valueOf("tidemark_extractor_read_bytes_total", figures)).isEqualTo(readBytes);
  }

  private static long valueOf(String name, String figures) {
    return figures
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Math.round(Double.parseDouble(line.substring(name.length() + 1))))
        .findFirst()
        .orElseThrow();
  }

  private static String scrape(int port) throws IOException {
    try (InputStream figures =
        URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
      return new String(figures.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Content that costs next to nothing to serve, to compress and to store: what is to be seen is
   * whether workers add up, not how soon a small machine's processors or disk are full.
   */
  private Path lightDisk(long size) throws IOException {
    byte[] page = new byte[4096];
    new Random(7).nextBytes(page);
    Path disk = directory.resolve("light.raw");
    try (OutputStream content = new BufferedOutputStream(Files.newOutputStream(disk))) {
      for (long written = 0; written < size; written += page.length) {
        content.write(page);
      }
    }
    return disk;
  }

  /** A raw disk behind a metadata image whose bitmap has one dirty block here and there. */
  private Path dirtyDisk(long size) throws IOException {
    Path raw = directory.resolve("disk.raw");
    Path metadata = directory.resolve("disk.qcow2");
    Files.createFile(raw);
    run("truncate", "-s", Long.toString(size), raw.toString());
    run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "cluster_size=2M,data_file=" + raw + ",data_file_raw=on",
        metadata.toString(),
        Long.toString(size));
    run("qemu-img", "bitmap", "--add", "-g", "64K", "-f", "qcow2", metadata.toString(), "b0");
    Vertx vertx = Vertx.vertx();
    try (NbdServer server =
        NbdServer.qemu(
            directory.resolve("guest.sock"), "--cache=unsafe", "-f", "qcow2", metadata + "")) {
      NbdClient client = new NbdClient(vertx);
      NbdConnection guest =
          client.connect(NbdUri.parse(server.uri()), NbdOptions.defaults()).await();
      writeHereAndThere(guest, size);
      guest.flush().await();
      guest.close().await();
    } finally {
      vertx.close().await();
    }
    return metadata;
  }

  private static void writeHereAndThere(NbdConnection guest, long size) {
    long step = size / DIRTY_EXTENTS / BLOCK * BLOCK;
    ByteBuf content = Unpooled.directBuffer(4096).writeZero(4096).setLong(0, 0x7469_6465L);
    List<Future<Void>> writes = new ArrayList<>();
    for (int i = 0; i < DIRTY_EXTENTS; i++) {
      writes.add(guest.write(i * step, content.retainedDuplicate()));
      if (writes.size() == 1024) {
        Future.all(writes).await();
        writes.clear();
      }
    }
    Future.all(writes).await();
  }

  /**
   * Lets new processes compile what they run: until then the compilers of four take the processors
   * that all need.
   */
  private static void warmUp(Workers workers, BackupDisk disk, int times) {
    for (int i = 0; i < times; i++) {
      System.out.printf("warm-up %.2f s%n", secondsOf(workers, disk));
    }
  }

  private static double secondsOf(Workers workers, BackupDisk disk) {
    long begin = System.nanoTime();
    String backup = workers.backup(disk, "web");
    ProtectedVm.await("the backup is read", 120, () -> workers.isDone(backup));
    return (System.nanoTime() - begin) / 1e9;
  }

  private static BackupDisk whole(NbdServer server, long size) {
    return new BackupDisk(
        "vda",
        "/dev/pattern",
        "raw",
        size,
        server.uri(),
        Optional.empty(),
        DiskMode.FULL,
        Optional.of("This is a full backup."),
        true,
        Optional.empty());
  }

  private static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
