package io.tidemark.catalog.job;

/** How far a job is. */
public enum JobState {
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED;

  /** Whether nothing more will happen. */
  public boolean ended() {
    return this == SUCCEEDED || this == FAILED;
  }
}
