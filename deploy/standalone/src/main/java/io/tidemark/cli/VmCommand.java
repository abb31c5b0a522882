package io.tidemark.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tidemark vm NAME}. */
@Command(
    name = "vm",
    mixinStandardHelpOptions = true,
    description = "Show one VM: each disk and why it is or isn't protected.",
    footer = {"", "Example:", "  tidemark vm web1"})
final class VmCommand extends ClientCommand {
  @Parameters(paramLabel = "VM", description = "Name or UUID.")
  private String vm;

  @Override
  int run(ApiClient api, Terminal terminal) {
    Views.Vm found = api.get("vms/" + ApiClient.segment(vm), Views.Vm.class);
    if (json()) {
      printJson(terminal, found);
      return 0;
    }
    terminal.println(
        found.name() + " (" + found.uuid() + ") on " + found.hypervisor() + ": " + found.state());
    TextTable table = new TextTable("DISK", "SIZE", "FORMAT", "SOURCE", "PROTECTION", "WHY");
    for (Views.VmDisk d : found.disks()) {
      table.row(
          d.target(),
          Units.bytes(d.sizeBytes()),
          d.format(),
          d.source(),
          d.protection(),
          d.reason());
    }
    table.print(terminal);
    terminal.println(
        found
            .lastPoint()
            .map(p -> "Last restore point: " + p.id() + ", " + Units.time(p.createdAt()))
            .orElse("No restore point yet: make one with `tidemark backup " + found.name() + "`."));
    return 0;
  }
}
