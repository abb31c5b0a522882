package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One flipped bit in every single byte of a small repository: verify finds it, and no restore
 * yields a wrong byte.
 */
final class FlippedBitTest {

  @TempDir private Path dir;

  @Test
  void everyFlippedBitIsFoundAndNeverRestored() throws IOException {
    long seed = new Random().nextLong();
    System.out.println("FlippedBitTest seed: " + seed);
    Random random = new Random(seed);
    byte[] content = content(random);
    Path home = dir.resolve("r");
    try (Repository repository = Repository.create(home)) {
      Fixture.publish(repository, "p1", content, Optional.empty());
    }

    int flips = 0;
    for (Path file : files(home)) {
      byte[] original = Files.readAllBytes(file);
      for (int at = 0; at < original.length; at++) {
        byte[] damaged = original.clone();
        damaged[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, damaged, StandardOpenOption.TRUNCATE_EXISTING);

        String where = "bit %x in byte %d of %s".formatted(damaged[at] ^ original[at], at, file);
        assertThat(isFound(home)).as(where).isTrue();
        assertNothingWrongIsRestored(home, content, where);
        flips++;
      }
      Files.write(file, original, StandardOpenOption.TRUNCATE_EXISTING);
    }
    assertThat(flips).isGreaterThan(2000);
    assertThat(isFound(home)).as("the restored original").isFalse();
  }

  /**
   * Two compressible blocks, one of zeroes, and a short one that is noise: every kind of frame, and
   * little to flip.
   */
  private static byte[] content(Random random) {
    byte[] content = new byte[3 * Geometry.BLOCK_BYTES + 200];
    Arrays.fill(content, 0, Geometry.BLOCK_BYTES, (byte) random.nextInt(1, 128));
    Arrays.fill(content, Geometry.BLOCK_BYTES + 7, 2 * Geometry.BLOCK_BYTES, (byte) 5);
    for (int i = 3 * Geometry.BLOCK_BYTES; i < content.length; i++) {
      content[i] = (byte) random.nextInt();
    }
    return content;
  }

  private static boolean isFound(Path home) {
    try (Repository repository = Repository.open(home)) {
      return !Verifier.verify(repository, List.of("p1"), VerifyPlan.full(), VerifyListener.NONE)
          .ok();
    } catch (RepositoryException e) {
      return true;
    }
  }

  private void assertNothingWrongIsRestored(Path home, byte[] content, String where)
      throws IOException {
    Path file = dir.resolve("vda.raw");
    try (Repository repository = Repository.open(home)) {
      RawRestore.restore(
          repository, repository.manifest("p1"), "vda", file, true, ProgressListener.NONE);
    } catch (RepositoryException e) {
      assertThat(file).as(where).doesNotExist();
      return;
    }
    // Not every flip is in the way of a restore, but what comes out is right.
    assertThat(Files.readAllBytes(file)).as(where).isEqualTo(content);
    Files.delete(file);
  }

  private static List<Path> files(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
