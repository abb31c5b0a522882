package io.tidemark.bench;

import java.util.Locale;

/** What can be compared, in the order in which it runs. */
enum Comparison {
  HALF,
  PAGES,
  RANDOM,
  EMPTY,
  SCATTERED,
  TINY,
  RESTORE_HALF,
  RESTORE_PAGES,
  RESTORE_RANDOM,
  RESTORE_EMPTY,
  RESTORE_SCATTERED;

  /** As the command line has it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
