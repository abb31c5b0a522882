package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes in pieces, on a disk and on a file system in memory. */
class PackOutputTest {
  private static final Path IN_MEMORY = Path.of("/dev/shm");

  @TempDir private Path onDisk;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, Pieces.BYTES - 1, Pieces.BYTES, 5 * Pieces.BYTES + 77})
  void aFileHasExactlyTheBytesThatWereAppended(int bytes) throws IOException {
    check(onDisk, bytes);
    Path inMemory = Files.createTempDirectory(IN_MEMORY, "pack-output");
    try {
      check(inMemory, bytes);
    } finally {
      Files.delete(inMemory);
    }
  }

  private static void check(Path directory, int bytes) throws IOException {
    Random random = new Random(bytes);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    Path target = directory.resolve("file");
    try (Pieces pieces = new Pieces();
        TempFile file = TempFile.create(directory, "stem");
        PackOutput out = new PackOutput(file, pieces)) {
      while (expected.size() < bytes) {
        byte[] next = new byte[Math.min(bytes - expected.size(), 1 + random.nextInt(70_000))];
        random.nextBytes(next);
        assertThat(out.position()).isEqualTo(expected.size());
        out.append(ByteBuffer.wrap(next));
        expected.writeBytes(next);
        if (random.nextInt(20) == 0) {
          assertSettled(out, file, expected.toByteArray());
        }
      }
      assertThat(out.finish()).isEqualTo(bytes);
      file.moveTo(target);
    }
    assertThat(Files.readAllBytes(target)).isEqualTo(expected.toByteArray());
    Files.delete(target);
  }

  private static void assertSettled(PackOutput out, TempFile file, byte[] expected)
      throws IOException {
    out.settle();
    ByteBuffer read = ByteBuffer.allocate(expected.length);
    assertThat(Durable.readFully(file.channel(), read, 0)).isTrue();
    assertThat(read.array()).isEqualTo(expected);
  }
}
