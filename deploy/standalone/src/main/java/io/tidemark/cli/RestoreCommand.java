package io.tidemark.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tidemark restore ID}. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description =
        "Write the disks of a restore point to raw files or existing block devices, every block"
            + " proven by its hash.",
    footer = {
      "",
      "Examples:",
      "  tidemark restore 3f2a91c4 --to /srv/restored",
      "  tidemark restore 3f2a91c4 --disk vda=/dev/vg0/web1-new --overwrite"
    })
final class RestoreCommand extends ClientCommand {
  @Parameters(paramLabel = "ID", description = "The point's id, or enough of its start.")
  private String id;

  @ArgGroup(multiplicity = "1")
  private Destination destination;

  @Option(
      names = "--overwrite",
      description = "Overwrite existing files; a disk that a VM uses is refused all the same.")
  private boolean overwrite;

  /** Exactly one of them. */
  private static final class Destination {
    @Option(
        names = "--to",
        paramLabel = "DIR",
        description = "Write DIR/VM-target.raw for each disk, and the domain XML.")
    private Path directory;

    @Option(
        names = "--disk",
        paramLabel = "TARGET=PATH",
        description = "Write this disk to that raw file or block device; may be given again.")
    private Map<String, Path> disks;
  }

  @Override
  int run(ApiClient api, Terminal terminal) {
    Map<String, Object> request = new HashMap<>(Map.of("point", id, "overwrite", overwrite));
    if (destination.directory != null) {
      request.put("directory", destination.directory.toAbsolutePath().normalize().toString());
    } else {
      request.put("disks", absolute(destination.disks));
    }
    Views.Job job =
        new JobWatcher(api, terminal).await(api.post("restores", request, Views.Job.class));
    Views.Restored restored = result(job, Views.Restored.class);
    if (json()) {
      printJson(terminal, restored);
    } else {
      RestoredText.print(terminal, restored);
    }
    return 0;
  }

  private static Map<String, String> absolute(Map<String, Path> disks) {
    return disks.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, e -> e.getValue().toAbsolutePath().normalize().toString()));
  }
}
