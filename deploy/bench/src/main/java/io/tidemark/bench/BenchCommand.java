package io.tidemark.bench;

import io.tidemark.lab.Lab;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the comparison that its options ask for, and prints it. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    subcommands = RepositoryCommand.class,
    description =
        "Compare Tidemark with other tools on the same disks, in turn, on a real hypervisor; medians"
            + " of whole runs.",
    footer = {"", "Example:", "  deploy/bench/bench --case half --rounds 3"})
public final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--case",
      paramLabel = "<case>",
      description =
          "${COMPLETION-CANDIDATES}; the first four are full backups, the next two incremental ones;"
              + " repeat for several; default: all.")
  private Set<Comparison> comparisons = EnumSet.noneOf(Comparison.class);

  @Option(
      names = "--tool",
      description = "Only contestants whose name holds this; repeat for several.")
  private List<String> tools = List.of();

  @Option(names = "--rounds", defaultValue = "3", description = "Counted rounds; default 3.")
  private int rounds;

  @Option(names = "--warm-ups", defaultValue = "1", description = "Rounds before; default 1.")
  private int warmUps;

  @Option(
      names = "--service-warm-ups",
      defaultValue = "4",
      description =
          "Rounds before that, of services only: they run for months, and their code is compiled as"
              + " they go; default 4.")
  private int serviceWarmUps;

  @Option(
      names = "--suite-option",
      paramLabel = "<option>",
      description =
          "Given to tidemark up as it is, such as --request-size=1M; repeat for several. Default:"
              + " none.")
  private List<String> suiteOptions = List.of();

  @Option(
      names = "--size",
      defaultValue = "2048",
      description = "MiB of a full disk; default 2048.")
  private long sizeMib;

  @Option(
      names = "--dir",
      defaultValue = "/var/tmp/tidemark-bench",
      description = "Where everything is kept while it runs; default /var/tmp/tidemark-bench.")
  private Path directory;

  @Option(
      names = "--json",
      defaultValue = "bench.json",
      description = "Where the figures of all runs go; default bench.json.")
  private Path json;

  /** Started by {@code deploy/bench/bench}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Set<Comparison> chosen =
        comparisons.isEmpty() ? EnumSet.allOf(Comparison.class) : EnumSet.copyOf(comparisons);
    List<Result> results = new ArrayList<>();
    for (Comparison comparison : chosen) {
      results.add(run(comparison));
      Report.write(results, json);
    }
    out.print(Report.table(results));
    out.flush();
    return 0;
  }

  private Result run(Comparison comparison) throws IOException {
    Folder folder = new Folder(directory.toAbsolutePath()).fresh();
    try (Lab lab = Lab.up(Lab.uniqueSuffix());
        Suite suite =
            Suite.start(lab.uri(), folder.file("suite"), "127.0.0.1:" + freePort(), suiteOptions)) {
      ForeignTools foreign =
          new ForeignTools(lab, folder.path(), System.getProperty("tidemark.lab.script"));
      Cases cases = new Cases(lab, suite, folder.path(), foreign, sizeMib << 20);
      return new Tournament(
              warmUps, serviceWarmUps, rounds, this::wanted, spec.commandLine().getErr())
          .run(cases.of(comparison));
    } finally {
      folder.remove();
    }
  }

  private boolean wanted(String contestant) {
    return tools.isEmpty() || tools.stream().anyMatch(contestant::contains);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
