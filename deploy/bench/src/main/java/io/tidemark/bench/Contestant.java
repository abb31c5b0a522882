package io.tidemark.bench;

/**
 * One way to do what a case is about.
 *
 * @param name as the table shows it
 * @param work does it once, from a clean state, and says what it cost
 */
record Contestant(String name, Work work) {

  /** One run. */
  @FunctionalInterface
  interface Work {
    Usage run();
  }
}
