package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What is asked of the converter. */
public enum ConversionMode {
  /** Say what would be done and change nothing. */
  @JsonProperty("plan")
  PLAN,
  /** Put a metadata image in front of the raw disks. */
  @JsonProperty("apply")
  APPLY,
  /** Take the metadata image away again; the guest's data stay on the raw disk. */
  @JsonProperty("revert")
  REVERT
}
