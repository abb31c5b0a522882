package io.tidemark.repository;

/**
 * Something about the repository went wrong. The message names the file and says what to do; the
 * cause is kept.
 */
public abstract sealed class RepositoryException extends RuntimeException
    permits NotARepositoryException,
        UnknownFormatVersionException,
        DamagedDataException,
        NoSuchPointException,
        RefusedException,
        StorageFullException,
        StorageException {

  private static final long serialVersionUID = 1L;

  RepositoryException(String message) {
    super(message);
  }

  RepositoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
