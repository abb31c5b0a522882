package io.tidemark.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What came of a case.
 *
 * @param runs of every contestant, in the order in which they were done
 * @param floor what reading, hashing and compressing the data takes at least
 * @param copySeconds what {@code dd} takes for the same bytes, measured after each run of our own
 */
record Result(
    Case of, Map<String, List<Usage>> runs, Optional<CpuFloor> floor, List<Double> copySeconds) {

  Result {
    copySeconds = List.copyOf(copySeconds);
  }

  double median(String contestant, ToDoubleFunction<Usage> figure) {
    return median(runs.get(contestant).stream().mapToDouble(figure));
  }

  /** What the disks alone take; empty if it was not measured. */
  OptionalDouble medianCopySeconds() {
    return copySeconds.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(median(copySeconds.stream().mapToDouble(seconds -> seconds)));
  }

  private static double median(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
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
