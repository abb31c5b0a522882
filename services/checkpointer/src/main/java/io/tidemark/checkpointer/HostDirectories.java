package io.tidemark.checkpointer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sockets and scratch files of backup jobs: where QEMU makes them, named by the backup. They have
 * its whole id: ids that are made of the time begin alike for a minute, and two jobs that share a
 * socket would be read as one another.
 */
final class HostDirectories {
  /** Users that distributions run QEMU as; it must be able to make its socket. */
  private static final List<String> QEMU_USERS = List.of("libvirt-qemu", "qemu");

  private static final long NEARLY_NOTHING = 32L << 20;

  /** Of a unix socket (unix(7)), without the zero at the end. */
  private static final int LONGEST_SOCKET_PATH = 107;

  private static final String ANY_ID = "00000000-0000-0000-0000-000000000000";

  private final Vertx vertx;
  private final Path directory;

  HostDirectories(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.directory = directory;
  }

  /**
   * Checks that sockets can be made below a host directory.
   *
   * @throws IllegalArgumentException if their paths would be longer than a unix socket's may be
   */
  static void check(Path hostDirectory) {
    int excess = bytes(socket(hostDirectory, ANY_ID)) - LONGEST_SOCKET_PATH;
    if (excess > 0) {
      throw new IllegalArgumentException(
          "the host directory "
              + hostDirectory
              + " has a path of "
              + bytes(hostDirectory)
              + " bytes, too long for the unix sockets below it: choose one of at most "
              + (bytes(hostDirectory) - excess)
              + " bytes");
    }
  }

  /** Where QEMU listens. */
  Path socket(String backupId) {
    return socket(directory, backupId);
  }

  /** True if a backup job that serves on this socket is the suite's. */
  boolean isOwnSocket(Path socket) {
    return directory.resolve("sockets").equals(socket.getParent());
  }

  /** Made by libvirt and deleted with the job. */
  Path scratch(String backupId, String target) {
    return directory.resolve("scratch").resolve(backupId + "-" + target + ".qcow2");
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
              files.filter(f -> f.getFileName().toString().startsWith(backupId + "-")).toList()) {
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

  private static Path socket(Path hostDirectory, String backupId) {
    return hostDirectory.resolve("sockets").resolve(backupId + ".sock");
  }

  private static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
