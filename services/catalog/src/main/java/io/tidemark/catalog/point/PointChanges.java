package io.tidemark.catalog.point;

import java.util.Arrays;
import java.util.List;

/**
 * Where a disk changed.
 *
 * @param bucketBytes the size of each bucket but the last
 * @param exact whether every block was compared
 * @param changedBytes bytes of changed blocks, for each bucket
 */
public record PointChanges(long bucketBytes, boolean exact, List<Long> changedBytes) {

  PointChanges(long bucketBytes, boolean exact, long[] changedBytes) {
    this(bucketBytes, exact, Arrays.stream(changedBytes).boxed().toList());
  }

  public PointChanges {
    changedBytes = List.copyOf(changedBytes);
  }
}
