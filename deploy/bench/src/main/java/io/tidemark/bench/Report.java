package io.tidemark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures, for people and for programs. */
final class Report {
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  /** The name that the ratios refer to starts so. */
  private static final String OURS = "tidemark";

  private Report() {}

  static String table(List<Result> results) {
    StringBuilder text = new StringBuilder();
    for (Result result : results) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%s (%.1f GiB)%n%-28s %22s %7s %10s %10s %9s %11s%n",
              result.of().name(),
              result.of().bytes() / GIB,
              "",
              "wall s (least-most)",
              "ratio",
              "durable s",
              "CPU s/GiB",
              "RSS MiB",
              "stored MiB"));
      double ours = ours(result);
      result.runs().keySet().forEach(name -> text.append(row(result, name, ours)));
      result.floor().ifPresent(floor -> text.append(row(floor, ours)));
      result.medianCopySeconds().ifPresent(seconds -> text.append(row(seconds, ours)));
    }
    return text.toString();
  }

  private static String row(Result result, String name, double ours) {
    double wall = result.median(name, Usage::wallSeconds);
    return String.format(
        Locale.ROOT,
        "%-28s %8.2f (%5.2f-%5.2f) %7.2f %10.2f %10.2f %9.0f %11s%n",
        name,
        wall,
        result.least(name, Usage::wallSeconds),
        result.most(name, Usage::wallSeconds),
        wall / ours,
        result.median(name, Usage::durableSeconds),
        result.median(name, Usage::cpuSeconds) / (result.of().bytes() / GIB),
        result.most(name, Usage::peakRssBytes) / MIB,
        result.storedBytes(name).isPresent()
            ? String.format(Locale.ROOT, "%.1f", result.storedBytes(name).getAsLong() / MIB)
            : "");
  }

  private static String row(CpuFloor floor, double ours) {
    return String.format(
        Locale.ROOT,
        "%-28s %8.2f %21.2f   (CPU s: read %.2f, SHA-256 %.2f, zstd %.2f)%n",
        "floor of the processors",
        floor.wallSeconds(),
        floor.wallSeconds() / ours,
        floor.readSeconds(),
        floor.hashSeconds(),
        floor.compressSeconds());
  }

  private static String row(double copySeconds, double ours) {
    return String.format(
        Locale.ROOT,
        "%-28s %8.2f %21.2f   (one reads, one writes, past the page cache)%n",
        "dd of the same bytes",
        copySeconds,
        copySeconds / ours);
  }

  private static double ours(Result result) {
    return result.runs().keySet().stream()
        .filter(name -> name.startsWith(OURS))
        .findFirst()
        .map(name -> result.median(name, Usage::wallSeconds))
        .orElse(Double.NaN);
  }

  /** All runs, one by one. */
  static void write(List<Result> results, Path file) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (Result result : results) {
      Map<String, Object> of = new LinkedHashMap<>();
      of.put("bytes", result.of().bytes());
      result.floor().ifPresent(floor -> of.put("floor", floor));
      of.put("copySeconds", result.copySeconds());
      Map<String, Object> contestants = new LinkedHashMap<>();
      result
          .runs()
          .forEach(
              (name, runs) -> contestants.put(name, runs.stream().map(Report::figures).toList()));
      of.put("contestants", contestants);
      json.put(result.of().name(), of);
    }
    try {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
    } catch (IOException e) {
      throw new BenchFailure(file + " can't be written: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> figures(Usage usage) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("wallSeconds", usage.wallSeconds());
    figures.put("durableSeconds", usage.durableSeconds());
    figures.put("cpuSeconds", usage.cpuSeconds());
    figures.put("peakRssBytes", usage.peakRssBytes());
    usage.storedBytes().ifPresent(bytes -> figures.put("storedBytes", bytes));
    return figures;
  }
}
