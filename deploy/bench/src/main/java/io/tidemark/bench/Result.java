package io.tidemark.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

/**
 * What came of a case.
 *
 * @param runs of every contestant, in the order in which they were done
 * @param floor what reading, hashing and compressing the data takes at least
 */
record Result(Case of, Map<String, List<Usage>> runs, Optional<CpuFloor> floor) {

  double median(String contestant, ToDoubleFunction<Usage> figure) {
    double[] sorted = runs.get(contestant).stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double least(String contestant, ToDoubleFunction<Usage> figure) {
    return runs.get(contestant).stream().mapToDouble(figure).min().orElseThrow();
  }

  double most(String contestant, ToDoubleFunction<Usage> figure) {
    return runs.get(contestant).stream().mapToDouble(figure).max().orElseThrow();
  }

  OptionalLong storedBytes(String contestant) {
    return runs.get(contestant).getLast().storedBytes();
  }
}
