package io.tidemark.catalog.point;

/** What a restore point is good for. */
public enum PointState {
  /** Whole, as far as anybody knows. */
  SEALED,
  /** Verification found something of it unreadable. */
  DAMAGED,
  /** Out of use; its manifest is being removed. */
  FORGETTING,
  /** Gone from the repository. */
  FORGOTTEN;

  /** Whether it is still there. */
  public boolean present() {
    return this == SEALED || this == DAMAGED;
  }
}
