package io.tidemark.repository;

import java.util.OptionalLong;

/**
 * How restore points are verified.
 *
 * @param mode how thoroughly
 * @param bytesPerSecond the most plain bytes of blocks to read in a second; empty for no limit
 * @param from where an earlier verification of the same points has stopped
 */
public record VerifyPlan(Mode mode, OptionalLong bytesPerSecond, VerifyState from) {

  /** How thoroughly. */
  public enum Mode {
    /** Manifests and trees are read; of blocks it is looked up that their packs have them. */
    QUICK,
    /** Everything is read and hashed again. */
    FULL
  }

  public VerifyPlan {
    if (bytesPerSecond.isPresent() && bytesPerSecond.getAsLong() < 1) {
      throw new IllegalArgumentException("A limit is at least 1 byte a second");
    }
  }

  /** Everything, from the start, as fast as it goes. */
  public static VerifyPlan full() {
    return new VerifyPlan(Mode.FULL, OptionalLong.empty(), VerifyState.START);
  }

  /** The structure alone. */
  public static VerifyPlan quick() {
    return new VerifyPlan(Mode.QUICK, OptionalLong.empty(), VerifyState.START);
  }

  /** The same with a limit. */
  public VerifyPlan limitedTo(long bytes) {
    return new VerifyPlan(mode, OptionalLong.of(bytes), from);
  }

  /** The same, from where another has stopped. */
  public VerifyPlan resumedFrom(VerifyState state) {
    return new VerifyPlan(mode, bytesPerSecond, state);
  }
}
