package io.tidemark.extractor;

/** Says in one sentence which setting can't be used. */
final class Requirement {

  private Requirement() {}

  static void that(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }

  static void range(String name, long value, long least, long most) {
    that(
        value >= least && value <= most,
        name + " must be " + least + " to " + most + ", not " + value);
  }
}
