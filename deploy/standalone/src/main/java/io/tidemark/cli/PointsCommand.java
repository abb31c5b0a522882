package io.tidemark.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark points [VM]}. */
@Command(
    name = "points",
    mixinStandardHelpOptions = true,
    description = "List restore points, newest first: each can be restored on its own.",
    footer = {"", "Example:", "  tidemark points web1"})
final class PointsCommand extends ClientCommand {
  @Parameters(paramLabel = "VM", arity = "0..1", description = "Name or UUID; default all VMs.")
  private Optional<String> vm = Optional.empty();

  @Override
  int run(ApiClient api, Terminal terminal) {
    String query = vm.map(name -> "?vm=" + ApiClient.segment(name)).orElse("");
    List<Views.Point> points =
        api.list(
            "points" + query,
            Views.PointList.class,
            Views.PointList::points,
            Views.PointList::next);
    if (json()) {
      printJson(terminal, points);
      return 0;
    }
    if (points.isEmpty()) {
      terminal.println("There is no restore point yet.");
      return 0;
    }
    TextTable table =
        new TextTable(
            "ID",
            "VM",
            "PARENT",
            "KIND",
            "STATE",
            "CONSISTENCY",
            "CREATED",
            "READ",
            "CHANGED",
            "STORED",
            "TOOK");
    points.forEach(p -> row(table, p));
    table.print(terminal);
    return 0;
  }

  private static void row(TextTable table, Views.Point p) {
    table.row(
        Units.shortId(p.id()),
        p.vm(),
        p.parent().map(Units::shortId).orElse("-"),
        p.kind(),
        p.state(),
        p.consistency(),
        Units.time(p.createdAt()),
        Units.bytes(p.readBytes()),
        Units.bytes(p.changedBytes()),
        Units.bytes(p.storedBytes()),
        Units.millis(p.durationMillis()));
  }
}
