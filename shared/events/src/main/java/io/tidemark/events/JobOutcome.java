package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a libvirt backup job ended. */
public enum JobOutcome {
  /** Closed after the restore point was sealed; its checkpoint is the base of the next backup. */
  @JsonProperty("completed")
  COMPLETED,
  /** Never begun, or closed after the backup failed; its checkpoint is removed. */
  @JsonProperty("aborted")
  ABORTED,
  /** It ended by itself: the domain stopped or its QEMU died. */
  @JsonProperty("lost")
  LOST
}
