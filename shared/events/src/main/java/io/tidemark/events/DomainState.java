package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a domain is doing, as far as a backup cares. */
public enum DomainState {
  @JsonProperty("running")
  RUNNING,
  @JsonProperty("paused")
  PAUSED,
  @JsonProperty("shut-off")
  SHUT_OFF,
  /** Shut off because its QEMU died: bitmaps that were open are inconsistent. */
  @JsonProperty("crashed")
  CRASHED
}
