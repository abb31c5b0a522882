package io.tidemark.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark forget ID}. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = "Forget a restore point; every other point stays restorable.",
    footer = {"", "Example:", "  tidemark forget 3f2a91c4"})
final class ForgetCommand extends ClientCommand {
  @Parameters(paramLabel = "ID", description = "The point's id, or enough of its start.")
  private String id;

  @Override
  int run(ApiClient api, Terminal terminal) {
    Views.Point point = api.get("points/" + ApiClient.segment(id), Views.Point.class);
    api.delete("points/" + point.id());
    if (json()) {
      printJson(terminal, Map.of("forgotten", point.id()));
    } else {
      terminal.println("Restore point " + point.id() + " of " + point.vm() + " is forgotten.");
    }
    return 0;
  }
}
