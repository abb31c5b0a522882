package io.tidemark.repository;

/** The repository has no restore point of that id. */
public final class NoSuchPointException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  NoSuchPointException(String directory, String pointId) {
    super(
        "There is no restore point "
            + pointId
            + " in "
            + directory
            + ". List the points to see which there are.");
  }
}
