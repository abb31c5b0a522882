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
import java.util.Optional;
import java.util.Set;

/** The files of a restore: checked, opened, completed or discarded together. Its methods block. */
final class RestoreFiles {
  /** Of a unix socket (unix(7)), without the zero at the end. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private final Path sockets;
  private final WriteRoots roots;

  RestoreFiles(Path sockets, WriteRoots roots) {
    this.sockets = sockets;
    this.roots = roots;
  }

  /**
   * Looks at every target before anything is touched.
   *
   * @param used every file and device that is in use
   * @throws RestoreRefused at the first that can't be written
   */
  void check(RestoreAccepted accepted, UsedPaths used) {
    Set<Path> seen = new HashSet<>();
    accepted.domainXmlPath().ifPresent(path -> roots.check(Path.of(path)));
    for (TargetFile target : targets(accepted)) {
      target.check(used, accepted.overwrite());
      roots.check(target.path());
      if (!seen.add(TargetFile.real(target.path()))) {
        throw new RestoreRefused(target.path() + " is named for two disks: name one for each");
      }
    }
    accepted
        .domainXmlPath()
        .filter(path -> Files.exists(Path.of(path)) && !accepted.overwrite())
        .ifPresent(path -> {
          throw new RestoreRefused(
              path + " exists: choose another directory, or use --overwrite to replace it");
        });
  }

  /**
   * Opens every target for writing, or none.
   *
   * @throws RestoreRefused at the first that can't be
   */
  RestoreStage.Open open(RestoreAccepted accepted) {
    List<NbdExport> exports = new ArrayList<>();
    List<RestoreTarget> ready = new ArrayList<>();
    try {
      Files.createDirectories(sockets);
      for (TargetFile target : targets(accepted)) {
        Path socket = checked(socket(accepted, target.disk()));
        target.create();
        exports.add(NbdExport.start(target.written(), socket, target.disk().target()));
        ready.add(
            new RestoreTarget(target.disk(), uri(socket, target.disk()), !target.isBlockDevice()));
      }
    } catch (IOException e) {
      discard(accepted);
      throw new RestoreRefused(sockets + " can't be made: " + e.getMessage(), e);
    } catch (RestoreRefused e) {
      discard(accepted);
      throw e;
    }
    return new RestoreStage.Open(
        new RestoreTargetReady(accepted.restoreId(), accepted.hypervisor(), ready), exports);
  }

  /**
   * Closes the exports, and gives every file its name; the domain XML comes last. Can be done again
   * after it was interrupted.
   */
  RestoreCompleted complete(RestoreAccepted accepted) {
    closeExports(accepted);
    List<RestoredFile> restored = new ArrayList<>();
    for (RestoreDisk disk : accepted.disks()) {
      new TargetFile(disk).complete();
      restored.add(new RestoredFile(Optional.of(disk.target()), disk.path(), disk.sizeBytes()));
    }
    accepted.domainXmlPath().ifPresent(path -> restored.add(writeXml(Path.of(path), accepted)));
    return new RestoreCompleted(accepted.restoreId(), restored);
  }

  /** Closes the exports and removes what is partial. */
  void discard(RestoreAccepted accepted) {
    closeExports(accepted);
    targets(accepted).forEach(TargetFile::discard);
  }

  /** Also those that a killed converter started and did not live to remember. */
  void closeExports(RestoreAccepted accepted) {
    accepted.disks().forEach(disk -> NbdExport.stopAllOn(socket(accepted, disk)));
  }

  private static List<TargetFile> targets(RestoreAccepted accepted) {
    return accepted.disks().stream().map(TargetFile::new).toList();
  }

  private static RestoredFile writeXml(Path path, RestoreAccepted accepted) {
    byte[] xml = accepted.domainXml().getBytes(StandardCharsets.UTF_8);
    try {
      TargetFile.writeWhole(path, xml);
      return new RestoredFile(Optional.empty(), path.toString(), xml.length);
    } catch (IOException e) {
      throw new RestoreRefused(path + " can't be written: " + TargetFile.why(e), e);
    }
  }

  /**
   * Named by the restore's whole id: ids that are made of the time begin alike for a minute, and
   * what is served on a socket is ended by its name.
   */
  private Path socket(RestoreAccepted accepted, RestoreDisk disk) {
    return sockets.resolve("r-" + accepted.restoreId() + "-" + disk.target() + ".sock");
  }

  private Path checked(Path socket) {
    int excess = socket.toString().getBytes(StandardCharsets.UTF_8).length - LONGEST_SOCKET_PATH;
    if (excess > 0) {
      throw new RestoreRefused(
          "the unix socket "
              + socket
              + " would have a path of more than "
              + LONGEST_SOCKET_PATH
              + " bytes: choose a host directory whose path is shorter by "
              + excess);
    }
    return socket;
  }

  private static String uri(Path socket, RestoreDisk disk) {
    return "nbd+unix:///"
        + disk.target()
        + "?socket="
        + URLEncoder.encode(socket.toString(), StandardCharsets.UTF_8).replace("+", "%20");
  }
}
