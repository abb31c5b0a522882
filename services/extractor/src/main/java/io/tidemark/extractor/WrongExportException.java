package io.tidemark.extractor;

/** What the event calls the disk's NBD export can't be it. */
final class WrongExportException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private WrongExportException(String message, Throwable cause) {
    super(message, cause);
  }

  static WrongExportException noUri(IllegalArgumentException cause) {
    return new WrongExportException(cause.getMessage() + ".", cause);
  }

  static WrongExportException tooSmall(String uri, long exportedBytes, long diskBytes) {
    return new WrongExportException(
        "the export "
            + uri
            + " has "
            + exportedBytes
            + " bytes, fewer than the "
            + diskBytes
            + " of the disk. Check that no other server uses its socket, then try again.",
        null);
  }
}
