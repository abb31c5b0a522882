package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How one disk of a backup is read. */
public enum DiskMode {
  /** Only what the dirty bitmap names. */
  @JsonProperty("incremental")
  INCREMENTAL,
  /** Every byte. */
  @JsonProperty("full")
  FULL
}
