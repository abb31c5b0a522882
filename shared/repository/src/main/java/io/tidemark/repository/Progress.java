package io.tidemark.repository;

/** Adds up progress and tells a listener about every 16 MiB, and at the end. */
final class Progress {

  private final ProgressListener listener;
  private final long totalBytes;
  private long doneBytes;
  private long toldBytes;

  Progress(ProgressListener listener, long totalBytes) {
    this.listener = listener;
    this.totalBytes = totalBytes;
    listener.progress(0, totalBytes);
  }

  void advance(long bytes) {
    doneBytes += bytes;
    if (doneBytes - toldBytes >= Geometry.LEAF_SPAN_BYTES || doneBytes == totalBytes) {
      toldBytes = doneBytes;
      listener.progress(doneBytes, totalBytes);
    }
  }
}
