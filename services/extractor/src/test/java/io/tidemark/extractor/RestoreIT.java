package io.tidemark.extractor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.events.ParentDisk;
import io.tidemark.events.ShardRestored;
import io.tidemark.extractor.Processes.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restores disks from a repository through a writable qemu-nbd. */
class RestoreIT {
  private static final int MIB = 1 << 20;
  private static final long SIZE = 80L * MIB;

  @TempDir private Path directory;
  private Bench bench;
  private GuestDisk disk;
  private ParentDisk sealed;

  @BeforeEach
  void backUp() {
    bench = new Bench(directory.resolve("repository"));
    disk = new GuestDisk(directory, SIZE + 1024, 21);
    disk.fill(0, 2 * MIB);
    disk.fill(35L * MIB + 512, 300_000);
    disk.fill(SIZE - 512, 1536);
    try (Server server = disk.export()) {
      sealed = bench.backUp(disk.whole(server, Optional.empty()));
    }
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aDiskIsRestoredIntoAnEmptySparseFile() {
    Path target = file(0);

    List<ShardRestored> results = bench.restore(sealed, target, true);

    assertThat(results).hasSize(3);
    assertThat(results.stream().mapToLong(r -> r.writtenBytes() + r.zeroBytes()).sum())
        .isEqualTo(SIZE + 1024);
    assertThat(results.stream().mapToLong(ShardRestored::writtenBytes).sum()).isLessThan(3L * MIB);
    assertSame(target);
    assertThat(allocatedBytes(target)).isLessThan(4L * MIB);
  }

  @Test
  void zeroesAreWrittenOverWhatTheTargetHeldBefore() {
    Path target = file(0xff);

    bench.restore(sealed, target, false);

    assertSame(target);
    assertThat(allocatedBytes(target)).isLessThan(SIZE / 2);
  }

  @Test
  void aDamagedPackStopsTheRestoreWithTheDisksOffsetAndThePack() throws IOException {
    Path pack = bench.packs().stream().max(Comparator.comparingLong(Bench::size)).get();
    byte[] bytes = Files.readAllBytes(pack);
    bytes[bytes.length / 3] ^= 1;
    Files.write(pack, bytes);

    assertThatThrownBy(() -> bench.restore(sealed, file(0), true))
        .isInstanceOf(UnreadableBlockException.class)
        .hasMessageContaining("the data at offset ")
        .hasMessageContaining(pack.getFileName().toString().substring(0, 32));
  }

  private Path file(int content) {
    Path file = directory.resolve("target.raw");
    byte[] bytes = new byte[Math.toIntExact(SIZE + 1024)];
    Arrays.fill(bytes, (byte) content);
    try {
      if (content == 0) {
        Processes.run("truncate", "-s", Integer.toString(bytes.length), file.toString());
      } else {
        Files.write(file, bytes);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return file;
  }

  private void assertSame(Path restored) {
    Processes.run(
        "cmp", "-n", Long.toString(disk.sizeBytes()), restored.toString(), disk.raw().toString());
  }

  private static long allocatedBytes(Path file) {
    return 512 * Long.parseLong(Processes.run("stat", "-c", "%b", file.toString()).strip());
  }
}
