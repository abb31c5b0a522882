package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreFilesTest {
  @TempDir private Path directory;

  @Test
  void aHostDirectoryTooLongForSocketsIsRefusedBeforeAnythingIsMade() {
    Path sockets = directory.resolve("x".repeat(90)).resolve("sockets");
    Path target = directory.resolve("web-vda.raw");
    RestoreDisk disk = new RestoreDisk("vda", 1 << 20, "root", target.toString());
    RestoreAccepted accepted =
        new RestoreAccepted(
            "0190a1b2-c3d4-7000-8000-000000000001",
            "host",
            "a-point",
            "web",
            "<domain/>",
            Optional.empty(),
            false,
            List.of(disk));

    assertThatThrownBy(() -> new RestoreFiles(sockets, new WriteRoots(List.of())).open(accepted))
        .isInstanceOf(RestoreRefused.class)
        .hasMessageContaining(sockets.toString())
        .hasMessageContaining("choose a host directory");
    assertThat(directory).isDirectoryNotContaining("glob:**/web-vda.raw*");
  }
}
