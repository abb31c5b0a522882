package io.tidemark.cli;

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
    @Override
    int run(ApiClient api, Terminal terminal) {
      Views.Rebuilt rebuilt = api.post("catalog/rebuild", Map.of(), Views.Rebuilt.class);
      if (json()) {
        printJson(terminal, rebuilt);
      } else {
        terminal.println(
            "The repository has "
                + rebuilt.points()
                + " restore points; "
                + rebuilt.imported()
                + " were new to the catalog.");
      }
      return 0;
    }
  }
}
