package io.tidemark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark point ID}. */
@Command(
    name = "point",
    mixinStandardHelpOptions = true,
    description = "Show one restore point, disk by disk.",
    footer = {"", "Example:", "  tidemark point 3f2a91c4"})
final class PointCommand extends ClientCommand {
  @Parameters(paramLabel = "ID", description = "The point's id, or enough of its start.")
  private String id;

  @Override
  int run(ApiClient api, Terminal terminal) {
    Views.Point point = api.get("points/" + ApiClient.segment(id), Views.Point.class);
    if (json()) {
      printJson(terminal, point);
    } else {
      PointText.print(terminal, point);
    }
    return 0;
  }
}
