package io.tidemark.catalog.job;

/** What a job does. */
public enum JobType {
  BACKUP,
  RESTORE,
  CONVERSION,
  VERIFICATION
}
