package io.tidemark.catalog.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Below which directories restores may write. This judges names; the converter, which sees the
 * files, judges where links lead.
 *
 * @param directories none for anywhere
 */
public record RestoreRoots(List<Path> directories) {

  public RestoreRoots {
    directories =
        directories.stream().map(directory -> directory.toAbsolutePath().normalize()).toList();
  }

  /** Why nothing may be written there, if so, by its name. */
  Optional<String> refusal(Path path) {
    return refusal(path.normalize(), directories);
  }

  /** Why nothing may be written there, if so; of a path whose links were followed. Blocks. */
  Optional<String> refusalOfReal(Path path) {
    return refusal(path, directories.stream().map(RestoreRoots::real).toList());
  }

  /** The path with every link followed that there is. Blocks. */
  static Path real(Path path) {
    Path there = path;
    while (there.getParent() != null && !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      there = there.getParent();
    }
    try {
      return there.toRealPath().resolve(there.relativize(path)).normalize();
    } catch (IOException e) {
      return path;
    }
  }

  private Optional<String> refusal(Path plain, List<Path> roots) {
    boolean below =
        roots.isEmpty()
            || roots.stream().anyMatch(root -> plain.startsWith(root) && !plain.equals(root));
    return below
        ? Optional.empty()
        : Optional.of(
            "Nothing may be restored to "
                + plain
                + ": choose a path below "
                + String.join(" or ", directories.stream().map(Path::toString).toList())
                + ", or start Tidemark with another --restore-root.");
  }
}
