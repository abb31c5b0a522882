package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Where one disk is restored to. A regular file is written under another name and takes its own
 * only when it is whole; a block device is written in place. Its methods block.
 */
record TargetFile(RestoreDisk disk) {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  Path path() {
    return Path.of(disk.path());
  }

  /** What is exported and written: the partial file, or the device itself. */
  Path written() {
    return isBlockDevice() ? path() : partial();
  }

  boolean isBlockDevice() {
    return Files.exists(path()) && !Files.isRegularFile(path()) && !Files.isDirectory(path());
  }

  /**
   * Looks before anything is touched.
   *
   * @param used every file and device that is in use
   * @throws RestoreRefused naming the path, and what to do
   */
  void check(UsedPaths used, boolean overwrite) {
    if (!path().isAbsolute()) {
      throw new RestoreRefused(path() + " is not an absolute path");
    }
    used.useOf(path())
        .ifPresent(use -> {
          throw new RestoreRefused(path() + " is " + use + ": restore to another file or device");
        });
    if (Files.isDirectory(path())) {
      throw new RestoreRefused(path() + " is a directory: name a file or block device");
    }
    if (isBlockDevice()) {
      BlockDevice.at(path()).check(disk);
    }
    if (!overwrite) {
      refuseIfThere();
    }
    refuseIfPerhapsUsed(used);
  }

  private void refuseIfThere() {
    if (isBlockDevice()) {
      throw new RestoreRefused(
          path()
              + " is a device, and all that is on it would be lost: use --overwrite to write over"
              + " it, or name another file or device");
    }
    refuseIfThere(path());
    refuseIfThere(partial());
  }

  /** What is not there yet is nobody's disk. */
  private void refuseIfPerhapsUsed(UsedPaths used) {
    if (!used.unknown().isEmpty() && Files.exists(path(), LinkOption.NOFOLLOW_LINKS)) {
      throw new RestoreRefused(
          path()
              + " exists, and whether a VM uses it can't be told: "
              + String.join("; ", used.unknown())
              + ". Mend that, or restore to a new file");
    }
  }

  private static void refuseIfThere(Path file) {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new RestoreRefused(
          file + " exists: choose another name, or use --overwrite to replace it");
    }
  }

  /** Makes the sparse partial file, for its owner's eyes only; nothing for a device. */
  void create() {
    if (isBlockDevice()) {
      return;
    }
    try {
      Files.createDirectories(path().getParent());
      Files.deleteIfExists(partial());
      Files.createFile(partial(), OWNER_ONLY);
      try (RandomAccessFile file = new RandomAccessFile(partial().toFile(), "rw")) {
        file.setLength(disk.sizeBytes());
      }
    } catch (IOException e) {
      throw new RestoreRefused(partial() + " can't be made: " + why(e), e);
    }
  }

  /** Makes what was written durable and gives it its name; succeeds if it has that already. */
  void complete() {
    Path written = written();
    try {
      if (Files.exists(written)) {
        sync(written);
        if (!isBlockDevice()) {
          Files.move(
              written, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      if (Files.notExists(path())) {
        throw new RestoreRefused(written + " is gone: somebody removed it; restore again");
      }
      syncDirectory(path());
    } catch (IOException e) {
      throw new RestoreRefused(path() + " can't be completed: " + why(e), e);
    }
  }

  /** Leaves nothing behind that looks like a disk. */
  void discard() {
    try {
      Files.deleteIfExists(partial());
    } catch (IOException e) {
      throw new RestoreRefused(partial() + " can't be removed: " + why(e), e);
    }
  }

  /** Writes a small file that is whole or not there, for its owner's eyes only. */
  static void writeWhole(Path file, byte[] content) throws IOException {
    Path partial = partial(file);
    Files.deleteIfExists(partial);
    Files.createFile(partial, OWNER_ONLY);
    Files.write(partial, content);
    sync(partial);
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file);
  }

  static void syncDirectory(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Java's exceptions of files often say no more than a path, and their kind. */
  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case AccessDeniedException denied -> "permission to use " + denied.getFile() + " is denied";
      case FileAlreadyExistsException there -> there.getFile() + " is in the way";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private Path partial() {
    return partial(path());
  }

  private static Path partial(Path file) {
    return file.resolveSibling(file.getFileName() + ".partial");
  }
}
