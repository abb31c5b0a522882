package io.tidemark.repository;

/** A file is of a format version that this program does not know, most likely a newer one. */
public final class UnknownFormatVersionException extends RepositoryException {

  /** The one version that this program reads and writes. */
  public static final int SUPPORTED = 1;

  private static final long serialVersionUID = 1L;

  private final long found;

  UnknownFormatVersionException(String file, String what, long found) {
    super(
        file
            + " is a "
            + what
            + " of format version "
            + found
            + "; this program knows version "
            + SUPPORTED
            + ". Use a release of Tidemark that knows version "
            + found
            + ".");
    this.found = found;
  }

  /** The version that the file states. */
  public long found() {
    return found;
  }
}
