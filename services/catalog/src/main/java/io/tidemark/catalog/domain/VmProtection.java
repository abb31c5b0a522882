package io.tidemark.catalog.domain;

/** How well a VM is protected. */
public enum VmProtection {
  /** Every disk can keep bitmaps and there is a sound point that is not too old. */
  PROTECTED,
  /** There is a point, but too old, damaged, or of a VM with a disk that can't keep bitmaps. */
  AT_RISK,
  /** There is no point. */
  UNPROTECTED
}
