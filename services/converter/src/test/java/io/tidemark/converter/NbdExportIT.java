package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of all kinds, served by a real qemu-nbd. */
class NbdExportIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1 << 20, (1 << 20) + 512, (1 << 20) + 1})
  void aFileOfAnyLengthIsServedInItsOwnLength(long bytes) throws IOException {
    Path file = sparse(directory, bytes);

    assertServed(file);

    assertThat(file).hasSize(bytes);
  }

  @Test
  void aFileSystemThatKnowsOnlyThePageCacheIsServedToo() throws IOException {
    Path memory = Files.createTempDirectory(Path.of("/dev/shm"), "tidemark");
    try {
      assertServed(sparse(memory, 1 << 20));
    } finally {
      Files.deleteIfExists(memory.resolve("target.raw"));
      Files.delete(memory);
    }
  }

  /** Again and again: the server listens before it opens the file. */
  @RepeatedTest(20)
  void whatCannotBeServedIsRefusedInTheWordsOfTheServer() {
    Path missing = directory.resolve("missing.raw");

    assertThatThrownBy(() -> NbdExport.start(missing, directory.resolve("socket"), "vda"))
        .isInstanceOf(RestoreRefused.class)
        .hasMessageContaining("No such file");
  }

  @Test
  void onlyWholeSectorsGoPastThePageCache() throws IOException {
    assertThat(WritePath.of(sparse(directory, 1 << 20)).getFirst().cache()).isEqualTo("none");
    assertThat(WritePath.of(sparse(directory, 1000))).allMatch(w -> w.cache().equals("writeback"));
  }

  private void assertServed(Path file) {
    Path socket = directory.resolve("socket");
    NbdExport export = NbdExport.start(file, socket, "vda");

    assertThat(export.running()).isTrue();
    NbdExport.stopAllOn(socket);

    assertThat(export.running()).isFalse();
  }

  private static Path sparse(Path directory, long bytes) throws IOException {
    Path file = directory.resolve("target.raw");
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.setLength(bytes);
    }
    return file;
  }
}
