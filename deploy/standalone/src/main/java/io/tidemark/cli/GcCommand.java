package io.tidemark.cli;

import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidemark gc}. */
@Command(
    name = "gc",
    mixinStandardHelpOptions = true,
    description =
        "Delete what no restore point needs any more. Safe while backups, restores and"
            + " verifications run.",
    footer = {"", "Examples:", "  tidemark gc --dry-run", "  tidemark gc"})
final class GcCommand extends ClientCommand {
  /** Every tree of the repository is walked. */
  private static final Duration PATIENCE = Duration.ofHours(6);

  @Option(names = "--dry-run", description = "Only say what would be deleted.")
  private boolean dryRun;

  @Override
  int run(ApiClient api, Terminal terminal) {
    Views.Garbage garbage =
        api.post("catalog/garbage", Map.of("dryRun", dryRun), Views.Garbage.class, PATIENCE);
    if (json()) {
      printJson(terminal, garbage);
    } else {
      terminal.println(
          "%s %d packs (%s), %s %d (%s); %d may belong to running backups."
              .formatted(
                  dryRun ? "Would delete" : "Deleted",
                  garbage.deletedPacks(),
                  Units.bytes(garbage.deletedBytes()),
                  dryRun ? "would rewrite" : "rewrote",
                  garbage.compactedPacks(),
                  Units.bytes(garbage.compactedBytes()),
                  garbage.waitingPacks()));
      garbage
          .damagedPacks()
          .forEach(pack ->
              terminal.println("Pack " + pack + " is damaged and was left as it is: run verify."));
    }
    return garbage.damagedPacks().isEmpty() ? 0 : 1;
  }
}
