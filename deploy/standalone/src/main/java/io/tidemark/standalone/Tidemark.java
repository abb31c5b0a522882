package io.tidemark.standalone;

import io.tidemark.cli.ClientCommands;
import io.tidemark.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code tidemark} command. */
@Command(
    name = "tidemark",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Persistent incremental backups for libvirt virtual machines on raw disks.",
    footer = {
      "",
      "Examples:",
      "  tidemark demo              the whole story on this machine",
      "  tidemark up                run Tidemark on this hypervisor",
      "  tidemark backup web1       make a restore point",
      "",
      "Exit status: 0 done, 1 failed (one sentence on stderr says why), 2 wrong usage."
    })
public final class Tidemark {

  private Tidemark() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /**
   * The whole command line; whatever a command throws becomes one sentence on its error stream and
   * exit status 1.
   */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Tidemark());
    commandLine.addSubcommand(new UpCommand());
    commandLine.addSubcommand(new ServiceCommand());
    commandLine.addSubcommand(new DemoCommand());
    ClientCommands.all().forEach(commandLine::addSubcommand);
    commandLine.registerConverter(HostPort.class, new HostPort.Converter());
    commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
      command.getErr().println(sentence(e));
      command.getErr().flush();
      return CommandLine.ExitCode.SOFTWARE;
    });
    return commandLine;
  }

  private static String sentence(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
