package io.tidemark.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code tidemark vms}. */
@Command(
    name = "vms",
    mixinStandardHelpOptions = true,
    description = "List the VMs, their disks, and how well each is protected.",
    footer = {"", "Example:", "  tidemark vms"})
final class VmsCommand extends ClientCommand {
  @Override
  int run(ApiClient api, Terminal terminal) {
    List<Views.Vm> vms = api.list("vms", Views.VmList.class, Views.VmList::vms, Views.VmList::next);
    if (json()) {
      printJson(terminal, vms);
      return 0;
    }
    if (vms.isEmpty()) {
      terminal.println("The inventory knows no VM yet.");
      return 0;
    }
    TextTable table = new TextTable("NAME", "STATE", "DISKS", "LAST RESTORE POINT");
    vms.forEach(vm -> table.row(vm.name(), vm.state(), disks(vm), lastPoint(vm)));
    table.print(terminal);
    return 0;
  }

  private static String disks(Views.Vm vm) {
    return vm.disks().stream()
        .map(d -> d.target() + " " + Units.bytes(d.sizeBytes()) + " " + d.protection())
        .collect(Collectors.joining(", "));
  }

  private static String lastPoint(Views.Vm vm) {
    return vm.lastPoint()
        .map(p -> Units.shortId(p.id()) + " " + p.kind() + " " + Units.time(p.createdAt()))
        .orElse("none");
  }
}
