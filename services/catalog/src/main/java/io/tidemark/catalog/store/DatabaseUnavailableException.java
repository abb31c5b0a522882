package io.tidemark.catalog.store;

/** PostgreSQL can't be reached, or went away in the middle; trying again later is right. */
public final class DatabaseUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DatabaseUnavailableException(String where, Throwable cause) {
    super(
        "PostgreSQL at "
            + where
            + " can't be reached ("
            + cause.getMessage()
            + "). Check that it runs; the catalog goes on by itself when it is back.",
        cause);
  }
}
