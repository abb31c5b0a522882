package io.tidemark.catalog.access;

/** What somebody may do; each includes the one before. */
public enum Role {
  /** May look. */
  VIEWER,
  /** May also back up, restore, convert, verify and forget. */
  OPERATOR,
  /** May do everything. */
  ADMIN;

  /** Whether this role is enough where {@code needed} is needed. */
  public boolean includes(Role needed) {
    return compareTo(needed) >= 0;
  }
}
