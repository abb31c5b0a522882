package io.tidemark.catalog.restore;

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

  /** Why nothing may be written there, if so. */
  Optional<String> refusal(Path path) {
    Path plain = path.normalize();
    boolean below =
        directories.isEmpty()
            || directories.stream().anyMatch(root -> plain.startsWith(root) && !plain.equals(root));
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
