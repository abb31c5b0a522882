package io.tidemark.repository;

/** Adds up progress and tells a listener about every 4 MiB, and at the end. */
final class Progress {
  private static final long TELL_BYTES = 4L << 20;

  private final ProgressListener listener;
  private final long totalBytes;
  private long doneBytes;
  private long toldBytes;

  Progress(ProgressListener listener, long totalBytes) {
    this.listener = listener;
    this.totalBytes = totalBytes;
    listener.progress(0, totalBytes);
  }

  /** Of work whose length is not known. */
  static Progress untold() {
    return new Progress(ProgressListener.NONE, Long.MAX_VALUE);
  }

  void advance(long bytes) {
    doneBytes += bytes;
    if (doneBytes - toldBytes >= TELL_BYTES || doneBytes == totalBytes) {
      toldBytes = doneBytes;
      listener.progress(doneBytes, totalBytes);
    }
  }
}
