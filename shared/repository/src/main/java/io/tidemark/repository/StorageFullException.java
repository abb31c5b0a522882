package io.tidemark.repository;

import java.nio.file.Path;

/**
 * The file system is full, or a quota is reached. What was being written is not part of the
 * repository.
 */
public final class StorageFullException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  StorageFullException(Path directory, Throwable cause) {
    super(
        "There is no space left in "
            + directory
            + ". Free some or enlarge its file system, then try again.",
        cause);
  }
}
