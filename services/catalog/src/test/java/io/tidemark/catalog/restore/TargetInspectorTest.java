package io.tidemark.catalog.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.restore.RestorePreview.Action;
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

  @Test
  void whatADeviceHoldsIsOverwrittenOnlyIfThatIsAllowed() {
    Path device = Path.of("/dev/null");

    RestorePreview.Target refused = look(true, device, false);

    assertThat(refused.action()).isEqualTo(Action.REFUSE);
    assertThat(refused.reason().orElseThrow()).contains("is a block device", "--overwrite");
  }

  @Test
  void whatCannotBeSeenIsCreatedOnlyIfNothingIsThere() {
    Path elsewhere = root.resolve("web.raw");

    RestorePreview.Target careful = look(false, elsewhere, false);
    RestorePreview.Target bold = look(false, elsewhere, true);

    assertThat(careful.action()).isEqualTo(Action.CREATE);
    assertThat(careful.reason().orElseThrow()).contains("only if nothing is there");
    assertThat(bold.action()).isEqualTo(Action.OVERWRITE);
    assertThat(bold.reason().orElseThrow()).contains("is overwritten");
  }

  private static RestorePreview.Target look(boolean sees, Path path, boolean overwrite) {
    return new TargetInspector(new RestoreRoots(List.of()), sees)
        .inspect(new RestoreDisk("vda", 0, "nil", path.toString()), overwrite, Map.of());
  }

  private static Optional<String> refusal(Path root, Path path) {
    return new TargetInspector(new RestoreRoots(List.of(root)), true)
        .inspect(new RestoreDisk("vda", 1, "nil", path.toString()), true, Map.of())
        .reason();
  }
}
