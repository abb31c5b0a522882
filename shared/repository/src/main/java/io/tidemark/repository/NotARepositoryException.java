package io.tidemark.repository;

/**
 * The directory holds no repository, or holds one no longer: perhaps a file system that is not
 * mounted.
 */
public final class NotARepositoryException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  NotARepositoryException(String directory, String problem) {
    super(
        directory
            + " is not a repository: "
            + problem
            + ". Check the path, and that its file system is mounted; nothing was changed.");
  }
}
