package io.tidemark.repository;

import java.util.List;
import java.util.Optional;

/**
 * How far a verification has come, so that another can go on from there.
 *
 * @param lastPack the blocks of this pack and of those before it have been read; empty for none
 * @param bad blocks that were found bad
 * @param checkedBytes plain bytes of blocks that were read and hashed again
 */
public record VerifyState(Optional<PackId> lastPack, List<Bad> bad, long checkedBytes) {

  /** Nothing has been read yet. */
  public static final VerifyState START = new VerifyState(Optional.empty(), List.of(), 0);

  public VerifyState {
    bad = List.copyOf(bad);
  }

  /** A bad block, and what is wrong with it. */
  public record Bad(Ref ref, String reason) {}
}
