package io.tidemark.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark backup VM}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description =
        "Make a restore point of a VM: incremental where it can be, full where it must be.",
    footer = {
      "",
      "Examples:",
      "  tidemark backup web1",
      "  tidemark backup web1 --full --disk vda"
    })
final class BackupCommand extends ClientCommand {
  @Parameters(paramLabel = "VM", description = "Name or UUID.")
  private String vm;

  @Option(
      names = "--full",
      description = "Read every byte; what is already stored is still not stored again.")
  private boolean full;

  @Option(
      names = "--disk",
      paramLabel = "TARGET",
      description = "Only this disk, for example vda; may be given again. Default: all.")
  private List<String> disks = List.of();

  @Option(names = "--no-wait", description = "Return when the backup is recorded.")
  private boolean noWait;

  @Override
  int run(ApiClient api, Terminal terminal) {
    Views.Job job =
        api.post(
            "backups",
            Map.of("vm", vm, "kind", full ? "full" : "auto", "disks", disks),
            Views.Job.class);
    if (noWait) {
      printRecorded(terminal, job);
      return 0;
    }
    Views.Point point = result(new JobWatcher(api, terminal).await(job), Views.Point.class);
    if (json()) {
      printJson(terminal, point);
    } else {
      PointText.print(terminal, point);
    }
    return 0;
  }

  private void printRecorded(Terminal terminal, Views.Job job) {
    if (json()) {
      printJson(terminal, Map.of("id", job.id(), "state", job.state(), "vm", job.vm()));
    } else {
      terminal.println("Backup " + job.id() + " of " + job.vm() + " is " + job.state() + ".");
    }
  }
}
