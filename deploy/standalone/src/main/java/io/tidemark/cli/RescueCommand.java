package io.tidemark.cli;

import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import io.tidemark.repository.RawRestore;
import io.tidemark.repository.Repository;
import io.tidemark.repository.RepositoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark rescue DIR}: restores with nothing but a repository directory. */
@Command(
    name = "rescue",
    mixinStandardHelpOptions = true,
    description =
        "List and restore from a repository directory alone: no service, Kafka or PostgreSQL"
            + " is needed.",
    footer = {
      "",
      "Examples:",
      "  tidemark rescue /srv/tidemark/repository",
      "  tidemark rescue /srv/tidemark/repository --point 3f2a91c4 --to /srv/restored"
    })
final class RescueCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The repository.")
  private Path directory;

  @Option(names = "--point", paramLabel = "ID", description = "The point, or its id's start.")
  private Optional<String> point = Optional.empty();

  @Option(names = "--to", paramLabel = "DIR", description = "Write DIR/VM-target.raw per disk.")
  private Optional<Path> target = Optional.empty();

  @Option(names = "--overwrite", description = "Overwrite existing files.")
  private boolean overwrite;

  @Option(names = "--json", description = "Print JSON, documented in docs/cli.md, for scripts.")
  private boolean json;

  @Override
  public Integer call() {
    if (point.isPresent() != target.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--point and --to belong together");
    }
    Terminal terminal = Terminal.of(spec.commandLine().getOut());
    try (Repository repository = Repository.open(directory)) {
      if (point.isPresent()) {
        restore(terminal, repository, resolve(repository, point.get()), target.get());
      } else {
        list(terminal, repository);
      }
      return 0;
    } catch (RepositoryException e) {
      throw new CliFailure(e.getMessage(), e);
    }
  }

  private void list(Terminal terminal, Repository repository) {
    List<Manifest> manifests =
        repository.pointIds().stream()
            .map(repository::manifest)
            .sorted(Comparator.comparing(Manifest::createdAt).reversed())
            .toList();
    if (json) {
      terminal.println(new Json().write(manifests.stream().map(RescueCommand::view).toList()));
      return;
    }
    TextTable table = new TextTable("ID", "VM", "KIND", "CREATED", "DISKS");
    for (Manifest m : manifests) {
      table.row(
          Units.shortId(m.id()),
          m.vm().name(),
          view(m).kind(),
          Units.time(m.createdAt()),
          String.join(" ", m.disks().stream().map(ManifestDisk::target).toList()));
    }
    table.print(terminal);
  }

  private void restore(Terminal terminal, Repository repository, Manifest manifest, Path to) {
    String vm = FileNames.safe(manifest.vm().name());
    List<Views.RestoredFile> files = new ArrayList<>();
    try {
      Files.createDirectories(to);
      for (ManifestDisk disk : manifest.disks()) {
        Path file = to.resolve(vm + "-" + disk.target() + ".raw");
        RawRestore.restore(
            repository,
            manifest,
            disk.target(),
            file,
            overwrite,
            (done, total) ->
                terminal.progress(file + ": " + Units.bytes(done) + " of " + Units.bytes(total)));
        terminal.endProgress();
        files.add(
            new Views.RestoredFile(Optional.of(disk.target()), file.toString(), disk.sizeBytes()));
      }
      files.add(writeXml(manifest, to.resolve(vm + ".xml")));
    } catch (IOException e) {
      throw new CliFailure("The files in " + to + " can't be written: " + e.getMessage(), e);
    }
    print(terminal, new Views.Restored(files));
  }

  private void print(Terminal terminal, Views.Restored restored) {
    if (json) {
      terminal.println(new Json().write(restored));
    } else {
      RestoredText.print(terminal, restored);
    }
  }

  private Views.RestoredFile writeXml(Manifest manifest, Path file) throws IOException {
    if (Files.exists(file) && !overwrite) {
      throw new CliFailure(file + " exists: name another directory, or use --overwrite.");
    }
    Files.writeString(file, manifest.domainXml());
    return new Views.RestoredFile(Optional.empty(), file.toString(), Files.size(file));
  }

  private static Manifest resolve(Repository repository, String start) {
    List<String> matching =
        repository.pointIds().stream().filter(id -> id.startsWith(start)).toList();
    return switch (matching.size()) {
      case 1 -> repository.manifest(matching.getFirst());
      case 0 ->
          throw new CliFailure(
              "There is no restore point '" + start + "': list them without --point.");
      default ->
          throw new CliFailure(
              matching.size()
                  + " restore points begin with '"
                  + start
                  + "': write more of the id.");
    };
  }

  private static Views.Point view(Manifest m) {
    return new Views.Point(
        m.id(),
        m.vm().name(),
        m.vm().uuid(),
        m.parent(),
        m.kind() == Manifest.Kind.FULL ? "full" : "incremental",
        "sealed",
        m.consistency(),
        m.checkpoint(),
        m.createdAt(),
        Optional.of(m.sealedAt()),
        m.sealedAt().toEpochMilli() - m.createdAt().toEpochMilli(),
        m.disks().stream().map(RescueCommand::view).toList());
  }

  private static Views.PointDisk view(ManifestDisk d) {
    return new Views.PointDisk(
        d.target(),
        d.sizeBytes(),
        d.readBytes(),
        d.changedBytes(),
        d.zeroBytes(),
        d.storedBytes(),
        d.mode(),
        d.reason());
  }
}
