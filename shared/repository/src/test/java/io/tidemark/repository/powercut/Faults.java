package io.tidemark.repository.powercut;

import java.io.IOException;

/** What goes wrong, and when. */
public interface Faults {

  /** What a file system is asked for. */
  enum Call {
    CREATE(true),
    WRITE(true),
    TRUNCATE(true),
    FORCE(true),
    MAKE_DIRECTORY(true),
    RENAME(true),
    LINK(true),
    UNLINK(true),
    OPEN(false),
    READ(false),
    LIST(false),
    STAT(false);

    private final boolean changes;

    Call(boolean changes) {
      this.changes = changes;
    }

    /** Whether it changes what is on the disk, or what will be there after a power cut. */
    public boolean changes() {
      return changes;
    }
  }

  /** Nothing goes wrong. */
  Faults NONE = call -> {};

  /**
   * Called before each call.
   *
   * @throws IOException if this one fails
   */
  void before(Call call) throws IOException;

  /**
   * Called before each read of a file, with the name under which it was opened.
   *
   * @throws IOException if this one fails
   */
  default void beforeReading(String file, long offset) throws IOException {}

  /** Whether the power fails at this call, which is then under way. */
  default boolean cutsPowerAt(Call call) {
    return false;
  }

  /** Whether force says that all is on the disk while nothing is. */
  default boolean liesAboutForcing() {
    return false;
  }

  /** How many of that many bytes one read or write moves; at least 1. */
  default int moved(int bytes) {
    return bytes;
  }
}
