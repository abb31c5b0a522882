package io.tidemark.checkpointer;

/** A backup job that can't be opened, with the sentence that tells the user why and what to do. */
final class JobRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JobRefused(String message) {
    super(message);
  }
}
