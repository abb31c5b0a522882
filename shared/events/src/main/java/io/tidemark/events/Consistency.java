package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the instant of a restore point means for the guest. */
public enum Consistency {
  /** As after a power failure: file systems recover by their journals. */
  @JsonProperty("crash")
  CRASH,
  /** The guest agent froze the file systems for the instant. */
  @JsonProperty("filesystem")
  FILESYSTEM
}
