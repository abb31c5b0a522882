package io.tidemark.converter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Below which directories restores may write, links followed: a link below a root that leads out of
 * it is no way out. Its methods block.
 *
 * @param directories none for anywhere
 */
record WriteRoots(List<Path> directories) {
  private static final Path DEVICES = Path.of("/dev");

  WriteRoots {
    directories = List.copyOf(directories);
  }

  /**
   * @throws RestoreRefused if what would be written at {@code path} is not below a root
   */
  void check(Path path) {
    if (directories.isEmpty()) {
      return;
    }
    Path written = written(path);
    boolean below =
        directories.stream()
            .map(WriteRoots::real)
            .anyMatch(root -> written.startsWith(root) && !written.equals(root));
    if (!below) {
      throw new RestoreRefused(
          path
              + " leads to "
              + written
              + ", where nothing may be restored: choose a path below "
              + String.join(" or ", directories.stream().map(Path::toString).toList()));
    }
  }

  /**
   * What is really written: a file takes its name in its directory, whatever link had that name,
   * and a device is written through every link to it. Names below /dev are links that the host
   * itself made.
   */
  private static Path written(Path path) {
    boolean device = Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
    return device && !path.normalize().startsWith(DEVICES) ? real(path) : inRealDirectory(path);
  }

  private static Path inRealDirectory(Path path) {
    Path plain = path.toAbsolutePath();
    Path there = plain.getParent();
    if (there == null) {
      return plain;
    }
    while (there.getParent() != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    return real(there).resolve(there.relativize(plain)).normalize();
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new RestoreRefused(path + " can't be followed: " + TargetFile.why(e), e);
    }
  }
}
