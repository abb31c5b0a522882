package io.tidemark.bench;

/**
 * One way to do what a case is about.
 *
 * @param name as the table shows it
 * @param service it runs all the time and is only asked, so that it is not measured cold
 * @param work does it once, from a clean state, and says what it cost
 */
record Contestant(String name, boolean service, Work work) {

  /** A command that begins anew each time. */
  Contestant(String name, Work work) {
    this(name, false, work);
  }

  /** One run. */
  @FunctionalInterface
  interface Work {
    Usage run();
  }
}
