package io.tidemark.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that a tool writes to. */
record Folder(Path path) {

  /** Empties it, making it if it is missing. */
  Folder fresh() {
    remove();
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new BenchFailure(path + " can't be made", e);
    }
    return this;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  void remove() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new BenchFailure(path + " can't be emptied", e);
    }
  }

  /** Forces its file system to stable storage, and says how long that took. */
  double syncSeconds() {
    long start = System.nanoTime();
    new Command(List.of("sync", "--file-system", path.toString())).run();
    return (System.nanoTime() - start) / 1e9;
  }

  /** What its files take up on disk: holes cost nothing. */
  long storedBytes() {
    try {
      Process du =
          new ProcessBuilder("du", "--summarize", "--block-size=1", path.toString()).start();
      String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return Long.parseLong(said.split("\\s", 2)[0]);
    } catch (IOException e) {
      throw new BenchFailure(path + " can't be sized", e);
    }
  }
}
