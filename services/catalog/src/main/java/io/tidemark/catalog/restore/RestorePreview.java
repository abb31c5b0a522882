package io.tidemark.catalog.restore;

import io.tidemark.catalog.point.Point;
import java.util.List;
import java.util.Optional;

/** What a restore would write. */
public record RestorePreview(Point point, List<Target> targets) {

  /** What is done at a path. */
  public enum Action {
    /** Unless there is something that can't be seen from here, see the reason. */
    CREATE,
    OVERWRITE,
    REFUSE
  }

  /** What is at a path now. */
  public enum Existing {
    NONE,
    FILE,
    BLOCK_DEVICE,
    /** A directory, for example. */
    OTHER,
    /** It is on another host. */
    UNKNOWN
  }

  /**
   * One disk's target.
   *
   * @param existingBytes how much is there
   * @param reason why it is refused and what to do, or what depends on another host
   */
  public record Target(
      String target,
      String path,
      long sizeBytes,
      Existing existing,
      Optional<Long> existingBytes,
      Action action,
      Optional<String> reason) {}

  public RestorePreview {
    targets = List.copyOf(targets);
  }

  /** Whether such a restore would be taken. */
  public boolean allowed() {
    return targets.stream().noneMatch(target -> target.action() == Action.REFUSE);
  }
}
