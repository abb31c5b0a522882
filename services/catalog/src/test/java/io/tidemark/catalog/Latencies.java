package io.tidemark.catalog;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How long requests took, by what they were for. */
final class Latencies {
  private final Map<String, double[]> millis = new LinkedHashMap<>();

  void add(String name, List<Long> nanos) {
    double[] sorted = nanos.stream().mapToDouble(each -> each / 1e6).sorted().toArray();
    millis.put(name, sorted);
  }

  /** Those of which {@code percentile} percent did not take less than {@code limit}. */
  List<String> slower(double percentile, double limit) {
    return millis.entrySet().stream()
        .filter(entry -> at(entry.getValue(), percentile) >= limit)
        .map(entry -> entry.getKey() + ": " + figure(at(entry.getValue(), percentile)) + " ms")
        .toList();
  }

  /** A table of them all. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(row("list", "requests", "median ms", "p99 ms", "max ms"));
    millis.forEach((name, sorted) ->
        table.append(
            row(
                name,
                Integer.toString(sorted.length),
                figure(at(sorted, 50)),
                figure(at(sorted, 99)),
                figure(sorted[sorted.length - 1]))));
    return table.toString();
  }

  private static double at(double[] sorted, double percentile) {
    return sorted[(int) Math.ceil(percentile / 100 * sorted.length) - 1];
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String row(String... cells) {
    return String.format(
        "| %-46s | %8s | %9s | %7s | %7s |%n", Arrays.copyOf(cells, cells.length, Object[].class));
  }
}
