package io.tidemark.bench;

/**
 * One way to do what a case is about.
 *
 * @param name as the table shows it
 * @param service it runs all the time and is only asked, so that it is not measured cold
 * @param setUp makes what the work stands on; called once, and only if the contestant is wanted
 * @param work does it once, from a clean state, and says what it cost
 */
record Contestant(String name, boolean service, Runnable setUp, Work work) {

  /** What needs nothing beforehand. */
  Contestant(String name, boolean service, Work work) {
    this(name, service, () -> {}, work);
  }

  /** A command that begins anew each time. */
  Contestant(String name, Work work) {
    this(name, false, work);
  }

  /** The same, standing on what {@code other} leaves behind. */
  Contestant after(Contestant other) {
    return new Contestant(
        name,
        service,
        () -> {
          setUp.run();
          Usage unused = other.work().run();
        },
        work);
  }

  /** One run. */
  @FunctionalInterface
  interface Work {
    Usage run();
  }
}
