package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which way a shard's blocks move. */
public enum JobKind {
  @JsonProperty("backup")
  BACKUP,
  @JsonProperty("restore")
  RESTORE
}
