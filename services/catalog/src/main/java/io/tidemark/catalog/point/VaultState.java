package io.tidemark.catalog.point;

import java.util.Optional;
import java.util.Set;

/**
 * What is known of the repository.
 *
 * @param detail a sentence for people; empty if all is well
 * @param usable whether backups may be written to it
 * @param missing points that the catalog has and the repository lacks
 */
public record VaultState(Condition condition, String detail, boolean usable, Set<String> missing) {

  /** In one word. */
  public enum Condition {
    OK,
    /** Something that was there is missing. Nothing is deleted for that. */
    ALARM,
    /** It was written by another version. */
    UNKNOWN_FORMAT,
    /** It can't be read now. */
    UNREACHABLE
  }

  public VaultState {
    missing = Set.copyOf(missing);
  }

  static VaultState unusable(Condition condition, String detail) {
    return new VaultState(condition, detail, false, Set.of());
  }

  /** Why no backup can be made, if so. */
  public Optional<String> refusal() {
    return usable ? Optional.empty() : Optional.of("No backup can be made: " + detail);
  }
}
