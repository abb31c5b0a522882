package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the file system that the tests run on. */
class LocalDirectoryTest extends StorageConformance {
  @TempDir private Path directory;

  @Override
  Storage open() {
    return new LocalDirectory(directory.resolve("storage"));
  }

  @Test
  void aPartThatHasGoneIsNoticed() throws IOException {
    try (Storage storage = open()) {
      Files.delete(directory.resolve("storage/points"));

      assertThat(storage.problem()).get().asString().contains("points").contains("missing");
    }
  }
}
