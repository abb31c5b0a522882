package io.tidemark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The repository's figures, for people and for programs. */
final class RepositoryReport {
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  private final long sizeBytes;

  /** Of each thing that was measured all rounds, in the order in which they were done. */
  private final Map<String, List<Measure>> measures = new LinkedHashMap<>();

  RepositoryReport(long sizeBytes, List<List<Measure>> rounds) {
    this.sizeBytes = sizeBytes;
    for (List<Measure> round : rounds) {
      for (Measure measure : round) {
        measures.computeIfAbsent(measure.name(), name -> new ArrayList<>()).add(measure);
      }
    }
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%nrepository (%.2f GiB)%n%-42s %24s %9s %10s%n",
            sizeBytes / GIB,
            "",
            "wall s (least-most)",
            "MiB/s",
            "CPU s/GiB"));
    measures.forEach((name, runs) -> text.append(row(name, runs)));
    return text.toString();
  }

  private static String row(String name, List<Measure> runs) {
    double wall = median(runs, Measure::wallSeconds);
    double bytes = runs.getFirst().bytes();
    return String.format(
        Locale.ROOT,
        "%-42s %8.3f (%6.3f-%6.3f) %9.0f %10.2f%n",
        name,
        wall,
        runs.stream().mapToDouble(Measure::wallSeconds).min().orElseThrow(),
        runs.stream().mapToDouble(Measure::wallSeconds).max().orElseThrow(),
        bytes / MIB / wall,
        median(runs, Measure::cpuSeconds) / (bytes / GIB));
  }

  private static double median(List<Measure> runs, ToDoubleFunction<Measure> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** All rounds, one by one. */
  void write(Path file) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sizeBytes", sizeBytes);
    json.put("measures", measures);
    try {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    } catch (IOException e) {
      throw new BenchFailure(file + " can't be written: " + e.getMessage(), e);
    }
  }
}
