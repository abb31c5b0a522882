package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in another language, written by the document alone, reads what this one wrote. */
class IndependentReaderIT {
  private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
  private static final Path READER = Path.of("..", "..", "deploy", "reader", "read-repository");

  @TempDir private Path directory;
  private final Random random = new Random(SEED);
  private final byte[] first = new byte[(17 << 20) + 777];
  private final byte[] second = new byte[(33 << 20) + 1];

  @BeforeEach
  void backUpTwice() {
    System.out.println("seed " + SEED);
    fill(first, 0, 3 << 20);
    Arrays.fill(first, 4 << 20, 5 << 20, (byte) 'a');
    fill(first, first.length - 700, 700);
    System.arraycopy(first, 0, second, 0, first.length);
    fill(second, 1 << 20, 100_000);
    Arrays.fill(second, 2 << 20, 3 << 20, (byte) 0);
    fill(second, second.length - 1, 1);
    try (Repository repository = Repository.openOrCreate(repository())) {
      Manifest full = Fixture.publish(repository, "full", first, Optional.empty());
      Fixture.publish(repository, "later", second, Optional.of(full));
    }
  }

  @Test
  void everyPointIsListedAndRestoredToTheByte() throws Exception {
    assertThat(read().lines().map(line -> line.split("  ", 2)[0])).contains("full", "later");

    read("full", "vda", directory.resolve("full.raw").toString());
    read("later", "vda", directory.resolve("later.raw").toString());

    assertThat(Files.readAllBytes(directory.resolve("full.raw"))).isEqualTo(first);
    assertThat(Files.readAllBytes(directory.resolve("later.raw"))).isEqualTo(second);
  }

  @Test
  void damageIsRefused() throws Exception {
    for (Path file : files()) {
      byte[] sound = Files.readAllBytes(file);
      byte[] spoilt = sound.clone();
      spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, spoilt);

      Outcome outcome = run("later", "vda", directory.resolve(file.getFileName() + ".raw"));

      // A flipped bit may lie in what this point doesn't need; then it has to be right.
      if (outcome.status() == 0) {
        assertThat(Files.readAllBytes(directory.resolve(file.getFileName() + ".raw")))
            .as("seed %d, %s", SEED, file)
            .isEqualTo(second);
      } else {
        assertThat(outcome.text()).startsWith("read-repository: ");
        assertThat(outcome.status()).isEqualTo(1);
      }
      Files.write(file, sound);
    }
  }

  @Test
  void aMissingPackIsNamed() throws Exception {
    Path pack = files().stream().filter(file -> file.toString().endsWith(".pack")).findAny().get();
    Files.move(pack, directory.resolve("elsewhere"));

    Outcome outcome = run("later", "vda", directory.resolve("missing.raw"));

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.text()).contains(pack.getFileName().toString()).contains("missing");
  }

  private Path repository() {
    return directory.resolve("repository");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(repository())) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(repository().resolve("tmp")))
          .toList();
    }
  }

  private void fill(byte[] content, int from, int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, content, from, length);
  }

  private String read(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3", READER.toString()));
    command.add(repository().toString());
    command.addAll(List.of(arguments));
    return Commands.run(command.toArray(String[]::new));
  }

  private Outcome run(String point, String disk, Path output)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "python3",
                READER.toString(),
                repository().toString(),
                point,
                disk,
                output.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), text);
  }

  private record Outcome(int status, String text) {}
}
