package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteRootsTest {
  @TempDir private Path directory;
  private Path root;
  private Path outside;
  private WriteRoots roots;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
    outside = Files.createDirectory(directory.resolve("outside"));
    roots = new WriteRoots(List.of(root));
  }

  @Test
  void whatIsBelowARootMayBeWritten() {
    allowed(root.resolve("web.raw"));
    allowed(root.resolve("new/deeper/web.raw"));
  }

  @Test
  void nothingElseMay() {
    refused(outside.resolve("web.raw"));
    refused(root);
    refused(directory.resolve("root-too/web.raw"));
    refused(root.resolve("../outside/web.raw"));
    refused(Path.of("/dev/null"));
  }

  @Test
  void aLinkThatLeadsOutIsNoWayOut() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), outside);

    refused(root.resolve("link/web.raw"));
    refused(root.resolve("link/new/web.raw"));
  }

  @Test
  void aLinkToADeviceIsNoWayOut() throws IOException {
    Files.createSymbolicLink(root.resolve("disk"), Path.of("/dev/null"));

    refused(root.resolve("disk"));
  }

  @Test
  void aLinkThatLeadsNowhereIsNoWayOut() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), outside.resolve("later"));

    refused(root.resolve("link/web.raw"));
  }

  @Test
  void aRootMayBeALinkItself() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("srv"), root);

    assertThatCode(() -> new WriteRoots(List.of(link)).check(link.resolve("web.raw")))
        .doesNotThrowAnyException();
  }

  @Test
  void aDeviceMayBeNamedBelowDev() {
    assertThatCode(() -> new WriteRoots(List.of(Path.of("/dev"))).check(Path.of("/dev/null")))
        .doesNotThrowAnyException();
  }

  @Test
  void withoutRootsAnythingMayBeWritten() {
    assertThatCode(() -> new WriteRoots(List.of()).check(outside.resolve("web.raw")))
        .doesNotThrowAnyException();
  }

  private void allowed(Path path) {
    assertThatCode(() -> roots.check(path)).doesNotThrowAnyException();
  }

  private void refused(Path path) {
    assertThatThrownBy(() -> roots.check(path)).isInstanceOf(RestoreRefused.class);
  }
}
