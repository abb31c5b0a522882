package io.tidemark.extractor;

import io.tidemark.repository.RepositoryException;

/** A part of a disk can't be had from the repository. */
final class UnreadableBlockException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnreadableBlockException(long offset, RepositoryException cause) {
    super("the data at offset " + offset + " can't be had: " + cause.getMessage(), cause);
  }

  UnreadableBlockException(long offset, String problem) {
    super("the data at offset " + offset + " can't be had: " + problem);
  }
}
