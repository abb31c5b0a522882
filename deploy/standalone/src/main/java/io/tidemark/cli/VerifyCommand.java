package io.tidemark.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark verify ID|--all}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Read and hash again everything that restore points need.",
    footer = {
      "",
      "Examples:",
      "  tidemark verify 3f2a91c4",
      "  tidemark verify --all --quick",
      "  tidemark verify --all --limit 50"
    })
final class VerifyCommand extends ClientCommand {
  @ArgGroup(multiplicity = "1")
  private Which which;

  @Option(
      names = "--quick",
      description =
          "Read the trees alone, and look up that the packs have the blocks: finds what is missing,"
              + " not what has changed.")
  private boolean quick;

  @Option(
      names = "--limit",
      paramLabel = "MIB",
      description = "Read no more than so many MiB a second; default as fast as it goes.")
  private Optional<Integer> limit = Optional.empty();

  /** Exactly one of them. */
  private static final class Which {
    @Parameters(
        paramLabel = "ID",
        arity = "1..*",
        description = "The points' ids, or enough of their start.")
    private List<String> ids;

    @Option(names = "--all", description = "Every restore point.")
    private boolean all;
  }

  @Override
  int run(ApiClient api, Terminal terminal) {
    limit
        .filter(mib -> mib < 1 || mib > 1 << 20)
        .ifPresent(mib -> {
          throw wrongUsage("--limit is 1 to 1048576 MiB a second, not " + mib);
        });
    Map<String, Object> request = new HashMap<>();
    request.put("mode", quick ? "quick" : "full");
    limit.ifPresent(mib -> request.put("bytesPerSecond", (long) mib << 20));
    if (which.all) {
      request.put("all", true);
    } else {
      request.put("points", which.ids);
    }
    Views.Job job =
        new JobWatcher(api, terminal).await(api.post("verifications", request, Views.Job.class));
    Views.Verification verification = result(job, Views.Verification.class);
    if (json()) {
      printJson(terminal, verification);
    } else {
      print(terminal, verification);
    }
    if (!verification.ok()) {
      throw new CliFailure(
          verification.damaged().size()
              + " place(s) of the repository are damaged: restore from other points, and make a"
              + " full backup (`tidemark backup VM --full`).");
    }
    return 0;
  }

  private static void print(Terminal terminal, Views.Verification verification) {
    terminal.println("Checked " + Units.bytes(verification.checkedBytes()) + ".");
    for (Views.Damage damage : verification.damaged()) {
      terminal.println(
          "Damaged: "
              + damage.target().orElse("")
              + " at "
              + damage.offset()
              + " ("
              + damage.lengthBytes()
              + " bytes): "
              + damage.reason()
              + "; restore points "
              + String.join(", ", damage.points()));
    }
  }
}
