package io.tidemark.checkpointer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Sockets and scratch files of backup jobs: where QEMU makes them, named by the backup. */
final class HostDirectories {
  /** Users that distributions run QEMU as; it must be able to make its socket. */
  private static final List<String> QEMU_USERS = List.of("libvirt-qemu", "qemu");

  private static final long NEARLY_NOTHING = 32L << 20;

  private final Vertx vertx;
  private final Path directory;

  HostDirectories(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /** Where QEMU listens; a unix socket's path has at most 107 bytes. */
  Path socket(String backupId) {
    return directory.resolve("sockets").resolve(shortId(backupId) + ".sock");
  }

  /** True if a backup job with that XML is the suite's: its socket lies among ours. */
  boolean isOwn(String backupXml) {
    return backupXml.contains("'" + directory.resolve("sockets") + "/");
  }

  /** Made by libvirt and deleted with the job. */
  Path scratch(String backupId, String target) {
    return directory.resolve("scratch").resolve(shortId(backupId) + "-" + target + ".qcow2");
  }

  Future<Void> make() {
    return vertx.executeBlocking(() -> {
      for (String name : List.of("sockets", "scratch")) {
        Path made = Files.createDirectories(directory.resolve(name));
        // Who knows a name may pass; nobody else may see what VMs are backed up.
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
        giveToQemu(made);
      }
      return null;
    });
  }

  /** What a job that is over has left. */
  Future<Void> clean(String backupId) {
    return vertx.executeBlocking(() -> {
      Files.deleteIfExists(socket(backupId));
      Path scratch = directory.resolve("scratch");
      if (Files.isDirectory(scratch)) {
        try (Stream<Path> files = Files.list(scratch)) {
          for (Path file :
              files
                  .filter(f -> f.getFileName().toString().startsWith(shortId(backupId) + "-"))
                  .toList()) {
            Files.deleteIfExists(file);
          }
        }
      }
      return null;
    });
  }

  /** True if what the guest overwrites has hardly any place left to be kept in. */
  Future<Boolean> scratchIsFull() {
    return vertx.executeBlocking(
        () -> Files.getFileStore(directory.resolve("scratch")).getUsableSpace() < NEARLY_NOTHING);
  }

  /** Where there is no such user, QEMU runs as root and needs nothing. */
  private static void giveToQemu(Path made) throws IOException {
    for (String user : QEMU_USERS) {
      Optional<UserPrincipal> owner = user(made, user);
      if (owner.isPresent()) {
        Files.setOwner(made, owner.get());
        return;
      }
    }
  }

  private static Optional<UserPrincipal> user(Path made, String name) throws IOException {
    try {
      return Optional.of(
          made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
    } catch (UserPrincipalNotFoundException e) {
      return Optional.empty();
    }
  }

  private static String shortId(String backupId) {
    return backupId.substring(0, Math.min(8, backupId.length()));
  }
}
