package io.tidemark.extractor;

import java.util.LinkedHashSet;
import java.util.Set;

/** Remembers the last jobs that ended. Not thread-safe. */
final class EndedJobs {

  private static final int MAX = 10_000;

  private final Set<String> ids = new LinkedHashSet<>();

  void add(String jobId) {
    ids.add(jobId);
    if (ids.size() > MAX) {
      ids.remove(ids.iterator().next());
    }
  }

  boolean contains(String jobId) {
    return ids.contains(jobId);
  }
}
