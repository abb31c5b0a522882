package io.tidemark.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the repository alone: no hypervisor, no Kafka, no database. */
@Command(
    name = "repository",
    mixinStandardHelpOptions = true,
    description =
        "Measure the repository alone, on data that zstd halves: backups, reads, verification,"
            + " restore, garbage collection; medians of whole rounds.",
    footer = {"", "Example:", "  deploy/bench/bench repository --rounds 5"})
final class RepositoryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--rounds", defaultValue = "3", description = "Counted rounds; default 3.")
  private int rounds;

  @Option(names = "--warm-ups", defaultValue = "1", description = "Rounds before; default 1.")
  private int warmUps;

  @Option(names = "--size", defaultValue = "1024", description = "MiB of the disk; default 1024.")
  private long sizeMib;

  @Option(
      names = "--dir",
      defaultValue = "/var/tmp/tidemark-bench-repository",
      description =
          "Where everything is kept while it runs; default /var/tmp/tidemark-bench-repository.")
  private Path directory;

  @Option(
      names = "--json",
      defaultValue = "bench-repository.json",
      description = "Where the figures of all rounds go; default bench-repository.json.")
  private Path json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter progress = spec.commandLine().getErr();
    Folder folder = new Folder(directory.toAbsolutePath()).fresh();
    List<List<Measure>> counted = new ArrayList<>();
    try {
      Path raw = disk(folder);
      for (int round = 0; round < warmUps + rounds; round++) {
        progress.println(round < warmUps ? "warm-up" : "round " + (round - warmUps + 1));
        progress.flush();
        List<Measure> measures =
            new RepositoryRound(new Folder(folder.file("round")), raw, sizeMib << 20).run();
        if (round >= warmUps) {
          counted.add(measures);
        }
      }
    } finally {
      folder.remove();
    }
    RepositoryReport report = new RepositoryReport(sizeMib << 20, counted);
    report.write(json);
    out.print(report.table());
    out.flush();
    return 0;
  }

  private Path disk(Folder folder) throws IOException {
    Path raw = folder.file("disk.raw");
    try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
      file.setLength(sizeMib << 20);
    }
    DiskContent.HALF.fill(raw, sizeMib << 20);
    return raw;
  }
}
