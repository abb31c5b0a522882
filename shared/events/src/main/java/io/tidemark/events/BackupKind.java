package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much of the disks a backup is asked to read. */
public enum BackupKind {
  /** Incremental where it can be, full where it must be. */
  @JsonProperty("auto")
  AUTO,
  /** Read everything. What is already stored is still not stored again. */
  @JsonProperty("full")
  FULL
}
