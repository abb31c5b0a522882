package io.tidemark.cli;

import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code tidemark catalog rebuild}. */
@Command(
    name = "catalog",
    mixinStandardHelpOptions = true,
    description = "Look after the catalog.",
    subcommands = CatalogCommand.Rebuild.class,
    footer = {"", "Example:", "  tidemark catalog rebuild"})
final class CatalogCommand {

  /** Fills the catalog from the repository, which is the truth. */
  @Command(
      name = "rebuild",
      mixinStandardHelpOptions = true,
      description = "Take up every restore point that the repository has and the catalog lacks.",
      footer = {"", "Example:", "  tidemark catalog rebuild"})
  static final class Rebuild extends ClientCommand {
    /** Every manifest is read, and the packs that it names are looked at. */
    private static final Duration PATIENCE = Duration.ofHours(6);

    @Override
    int run(ApiClient api, Terminal terminal) {
      Views.Rebuilt rebuilt = api.post("catalog/rebuild", Map.of(), Views.Rebuilt.class, PATIENCE);
      if (json()) {
        printJson(terminal, rebuilt);
      } else {
        terminal.println(
            "The repository has "
                + rebuilt.points()
                + " restore points; "
                + rebuilt.imported()
                + " were new to the catalog.");
        rebuilt
            .unreadable()
            .forEach(point ->
                terminal.println(
                    "Restore point "
                        + point
                        + " was not taken up, because it can't be read: the catalog's log says"
                        + " why."));
      }
      return rebuilt.unreadable().isEmpty() ? 0 : 1;
    }
  }
}
