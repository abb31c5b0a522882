package io.tidemark.hypervisor;

/** The suite's own checkpoints, told from those of other programs by the start of their names. */
public final class OwnCheckpoints {
  /** What their names start with. */
  public static final String PREFIX = "tidemark-";

  private OwnCheckpoints() {}

  /** True if a checkpoint of that name is the suite's own. */
  public static boolean isOne(String checkpoint) {
    return checkpoint.startsWith(PREFIX);
  }
}
