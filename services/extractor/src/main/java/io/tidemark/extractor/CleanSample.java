package io.tidemark.extractor;

import io.tidemark.repository.Geometry;
import java.util.Arrays;
import java.util.Random;

/**
 * Picks a few blocks of a disk by chance that its dirty map calls clean. Which ones depends on the
 * seed alone, so that a survey done twice looks at the same blocks. Not thread-safe.
 */
final class CleanSample {

  /** With so many candidates a block, a sample is full even on a disk that is 80 % dirty. */
  private static final int CANDIDATES_PER_BLOCK = 8;

  private final int count;
  private final long[] candidates;
  private final boolean[] dirty;

  /**
   * @param sizeBytes of the disk
   * @param count how many blocks at most
   */
  CleanSample(long seed, long sizeBytes, int count) {
    long blocks = Geometry.blocks(sizeBytes);
    this.count = count;
    this.candidates =
        blocks == 0
            ? new long[0]
            : new Random(seed)
                .longs((long) count * CANDIDATES_PER_BLOCK, 0, blocks)
                .distinct()
                .sorted()
                .toArray();
    this.dirty = new boolean[candidates.length];
  }

  /** This range is not clean. */
  void exclude(long offset, long lengthBytes) {
    long first = offset / Geometry.BLOCK_BYTES;
    long last = (offset + lengthBytes - 1) / Geometry.BLOCK_BYTES;
    int found = Arrays.binarySearch(candidates, first);
    for (int i = found < 0 ? -found - 1 : found;
        i < candidates.length && candidates[i] <= last;
        i++) {
      dirty[i] = true;
    }
  }

  /** Indices of the blocks to look at, spread over the disk; fewer if little is clean. */
  long[] blocks() {
    long[] clean = new long[candidates.length];
    int found = 0;
    for (int i = 0; i < candidates.length; i++) {
      if (!dirty[i]) {
        clean[found++] = candidates[i];
      }
    }
    int picked = Math.min(count, found);
    long[] sample = new long[picked];
    for (int i = 0; i < picked; i++) {
      sample[i] = clean[(int) ((long) i * found / picked)];
    }
    return sample;
  }
}
