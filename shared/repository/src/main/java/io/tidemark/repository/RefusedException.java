package io.tidemark.repository;

/** The request would destroy or contradict something that exists. Nothing was changed. */
public final class RefusedException extends RepositoryException {

  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    super(message);
  }
}
