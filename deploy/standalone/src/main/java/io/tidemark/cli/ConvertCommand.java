package io.tidemark.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark convert VM}. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description =
        "Put a metadata image in front of a VM's raw disks, so that they can keep dirty bitmaps."
            + " The guest's data stay on the raw disk, byte for byte.",
    footer = {
      "",
      "Examples:",
      "  tidemark convert web1 --plan        show what would be done, change nothing",
      "  tidemark convert web1 --restart     shut the VM down, convert, start it again",
      "  tidemark convert web1 --revert      take the metadata images away again"
    })
final class ConvertCommand extends ClientCommand {
  @Parameters(paramLabel = "VM", description = "Name or UUID.")
  private String vm;

  @Option(
      names = "--disk",
      paramLabel = "TARGET",
      description = "Only this disk, for example vda; may be given again. Default: all.")
  private List<String> disks = List.of();

  @ArgGroup private Mode mode;

  @Option(
      names = "--restart",
      description = "Shut a running VM down for it and start it again; otherwise it is refused.")
  private boolean restart;

  /** One of them, or neither. */
  private static final class Mode {
    @Option(names = "--plan", description = "Show the XML difference and the commands only.")
    private boolean plan;

    @Option(names = "--revert", description = "Take the metadata images away again.")
    private boolean revert;

    String text() {
      if (plan) {
        return "plan";
      }
      return revert ? "revert" : "apply";
    }
  }

  @Override
  int run(ApiClient api, Terminal terminal) {
    Map<String, Object> request =
        Map.of(
            "vm", vm,
            "mode", mode == null ? "apply" : mode.text(),
            "disks", disks,
            "restart", restart);
    Views.Job job =
        new JobWatcher(api, terminal).await(api.post("conversions", request, Views.Job.class));
    Views.Conversion done = result(job, Views.Conversion.class);
    if (json()) {
      printJson(terminal, done);
    } else {
      print(terminal, job.vm(), done);
    }
    return 0;
  }

  private static void print(Terminal terminal, String vm, Views.Conversion done) {
    switch (done.mode()) {
      case "plan" -> printPlan(terminal, vm, done);
      case "revert" -> printDisks(terminal, done, "no longer needs its metadata image");
      default -> printDisks(terminal, done, "can keep dirty bitmaps now");
    }
  }

  private static void printPlan(Terminal terminal, String vm, Views.Conversion plan) {
    terminal.println("# The commands:");
    plan.commands().forEach(terminal::println);
    terminal.println("# The change of the domain XML:");
    terminal.println(plan.xmlDiff());
    if (plan.restartNeeded()) {
      terminal.println("# " + vm + " is running: it needs --restart, or to be shut down first.");
    }
    terminal.println("# Nothing was changed.");
  }

  private static void printDisks(Terminal terminal, Views.Conversion done, String what) {
    for (Views.ConvertedDisk disk : done.disks()) {
      terminal.println(
          disk.target()
              + " ("
              + disk.source()
              + ", "
              + Units.bytes(disk.sizeBytes())
              + ") "
              + what
              + disk.sha256After().map(s -> "; data unchanged, SHA-256 " + s).orElse(""));
    }
  }
}
