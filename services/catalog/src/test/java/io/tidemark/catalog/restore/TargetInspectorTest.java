package io.tidemark.catalog.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a target before the restore: the same as the converter will say. */
class TargetInspectorTest {
  @TempDir private Path directory;
  private Path root;
  private Path outside;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    outside = Files.createDirectory(directory.resolve("outside"));
  }

  @Test
  void aLinkThatLeadsOutIsNoWayOut() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), outside);

    assertThat(refusal(root, root.resolve("link/web.raw"))).isPresent();
    assertThat(refusal(root, root.resolve("web.raw"))).isEmpty();
  }

  @Test
  void aLinkToADeviceIsNoWayOut() throws IOException {
    Files.createSymbolicLink(root.resolve("disk"), Path.of("/dev/null"));

    assertThat(refusal(root, root.resolve("disk"))).isPresent();
  }

  @Test
  void aRootMayBeALinkItself() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("srv"), root);

    assertThat(refusal(link, link.resolve("new/web.raw"))).isEmpty();
  }

  private static Optional<String> refusal(Path root, Path path) {
    return new TargetInspector(new RestoreRoots(List.of(root)), true)
        .inspect(new RestoreDisk("vda", 1, "nil", path.toString()), true, Map.of())
        .refusal();
  }
}
