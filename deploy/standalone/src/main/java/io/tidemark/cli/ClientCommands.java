package io.tidemark.cli;

import java.util.List;

/** The commands of this package, for the command line's top level. */
public final class ClientCommands {
  private ClientCommands() {}

  /** New command objects, one for each subcommand. */
  public static List<Object> all() {
    return List.of(
        new VmsCommand(),
        new VmCommand(),
        new ConvertCommand(),
        new BackupCommand(),
        new PointsCommand(),
        new PointCommand(),
        new RestoreCommand(),
        new VerifyCommand(),
        new ForgetCommand(),
        new GcCommand(),
        new CatalogCommand(),
        new RescueCommand());
  }
}
