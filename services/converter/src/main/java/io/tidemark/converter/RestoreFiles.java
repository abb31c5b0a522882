package io.tidemark.converter;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreTarget;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.events.RestoredFile;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files of a restore: checked, opened, completed or discarded together. Its methods block. */
final class RestoreFiles {
  private final Path sockets;

  RestoreFiles(Path sockets) {
    this.sockets = sockets;
  }

  /**
   * Opens every target for writing, or none.
   *
   * @param used real path of every file and device that a VM uses, to the VM's name
   * @throws RestoreRefused at the first that can't be
   */
  RestoreEntry open(RestoreAccepted accepted, Map<Path, String> used) {
    List<TargetFile> targets = accepted.disks().stream().map(TargetFile::new).toList();
    targets.forEach(target -> target.check(used, accepted.overwrite()));
    checkDistinct(targets);
    checkXml(accepted);
    List<NbdExport> exports = new ArrayList<>();
    List<RestoreTarget> ready = new ArrayList<>();
    try {
      Files.createDirectories(sockets);
      for (TargetFile target : targets) {
        target.create();
        Path socket = socket(accepted, target.disk());
        exports.add(NbdExport.start(target.written(), socket, target.disk().target()));
        ready.add(
            new RestoreTarget(target.disk(), uri(socket, target.disk()), !target.isBlockDevice()));
      }
    } catch (IOException e) {
      undo(exports, targets);
      throw new RestoreRefused(sockets + " can't be made: " + e.getMessage(), e);
    } catch (RestoreRefused e) {
      undo(exports, targets);
      throw e;
    }
    return new RestoreEntry(
        accepted,
        new RestoreTargetReady(accepted.restoreId(), accepted.hypervisor(), ready),
        exports,
        Optional.empty());
  }

  /** Closes the exports, and gives every file its name; the domain XML comes last. */
  RestoreCompleted complete(RestoreEntry entry) {
    RestoreAccepted accepted = entry.accepted();
    entry.exports().forEach(NbdExport::stop);
    List<RestoredFile> restored = new ArrayList<>();
    for (RestoreDisk disk : accepted.disks()) {
      new TargetFile(disk).complete();
      restored.add(new RestoredFile(Optional.of(disk.target()), disk.path(), disk.sizeBytes()));
    }
    accepted.domainXmlPath().ifPresent(path -> restored.add(writeXml(Path.of(path), accepted)));
    return new RestoreCompleted(accepted.restoreId(), restored);
  }

  void discard(RestoreEntry entry) {
    undo(entry.exports(), entry.accepted().disks().stream().map(TargetFile::new).toList());
  }

  private static void undo(List<NbdExport> exports, List<TargetFile> targets) {
    exports.forEach(NbdExport::stop);
    targets.forEach(TargetFile::discard);
  }

  private static void checkDistinct(List<TargetFile> targets) {
    Set<Path> seen = new HashSet<>();
    for (TargetFile target : targets) {
      if (!seen.add(TargetFile.real(target.path()))) {
        throw new RestoreRefused(target.path() + " is named for two disks");
      }
    }
  }

  private static void checkXml(RestoreAccepted accepted) {
    accepted
        .domainXmlPath()
        .filter(path -> Files.exists(Path.of(path)) && !accepted.overwrite())
        .ifPresent(path -> {
          throw new RestoreRefused(
              path + " exists: choose another directory, or use --overwrite to replace it");
        });
  }

  private static RestoredFile writeXml(Path path, RestoreAccepted accepted) {
    try {
      Files.writeString(path, accepted.domainXml());
      TargetFile.syncDirectory(path);
      return new RestoredFile(Optional.empty(), path.toString(), Files.size(path));
    } catch (IOException e) {
      throw new RestoreRefused(path + " can't be written: " + e.getMessage(), e);
    }
  }

  /**
   * A unix socket's path has at most 107 bytes, so it is named by the start of the restore's id.
   */
  private Path socket(RestoreAccepted accepted, RestoreDisk disk) {
    String id = accepted.restoreId();
    return sockets.resolve(
        "r-" + id.substring(0, Math.min(8, id.length())) + "-" + disk.target() + ".sock");
  }

  private static String uri(Path socket, RestoreDisk disk) {
    return "nbd+unix:///"
        + disk.target()
        + "?socket="
        + URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
