package io.tidemark.events;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a disk can keep dirty bitmaps. */
public enum Protection {
  /**
   * A metadata image (or a qcow2 of its own) keeps the disk's bitmaps: incremental backups work.
   */
  @JsonProperty("protected")
  PROTECTED,
  /** A raw disk that a metadata image can be put in front of. */
  @JsonProperty("convertible")
  CONVERTIBLE,
  /** Neither: the reason says why. */
  @JsonProperty("unsupported")
  UNSUPPORTED
}
