package io.tidemark.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The operating system failed to read or write a file. */
public final class StorageException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  /** Less usable space than this is "full" even where the system's message is not in English. */
  private static final long FULL_BELOW_BYTES = 4096;

  StorageException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The typed form of {@code cause}, which happened to {@code file}: {@link StorageFullException}
   * where space or quota ran out, else a {@link StorageException}.
   *
   * @param doing what was attempted, as in "cannot <em>write</em>"
   */
  static RepositoryException of(IOException cause, String doing, Path file) {
    Path directory = nearestDirectory(file);
    boolean writing = !doing.startsWith("read");
    if (saysFull(cause) || (writing && hasNoSpace(directory))) {
      return new StorageFullException(directory, cause);
    }
    return new StorageException(
        "Cannot "
            + doing
            + " "
            + file
            + ": "
            + cause.getClass().getSimpleName()
            + " "
            + cause.getMessage()
            + ". Check the file system and its permissions, then try again.",
        cause);
  }

  private static boolean saysFull(IOException cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("quota exceeded");
  }

  private static boolean hasNoSpace(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace() < FULL_BELOW_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private static Path nearestDirectory(Path file) {
    Path directory = file.toAbsolutePath();
    while (!Files.isDirectory(directory) && directory.getParent() != null) {
      directory = directory.getParent();
    }
    return directory;
  }
}
