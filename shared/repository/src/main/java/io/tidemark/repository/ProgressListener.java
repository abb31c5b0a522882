package io.tidemark.repository;

/**
 * Told now and then, on the working thread, how far long work has come. An exception thrown from
 * here stops the work.
 */
@FunctionalInterface
public interface ProgressListener {

  /** Listens to nothing. */
  ProgressListener NONE = (done, total) -> {};

  /**
   * How far it is.
   *
   * @param doneBytes bytes of disk dealt with, zeroes and shared parts included
   * @param totalBytes bytes of disk in all
   */
  void progress(long doneBytes, long totalBytes);
}
