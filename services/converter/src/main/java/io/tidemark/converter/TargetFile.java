package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where one disk is restored to. A regular file is written under another name and takes its own
 * only when it is whole; a block device is written in place. Its methods block.
 */
record TargetFile(RestoreDisk disk) {
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

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
   * @param used real path of every file and device that a VM uses, to the VM's name
   * @throws RestoreRefused naming the path, and what to do
   */
  void check(Map<Path, String> used, boolean overwrite) {
    if (!path().isAbsolute()) {
      throw new RestoreRefused(path() + " is not an absolute path");
    }
    String user = used.get(real(path()));
    if (user != null) {
      throw new RestoreRefused(
          path() + " is a disk of VM " + user + ": restore to another file or device");
    }
    if (Files.isDirectory(path())) {
      throw new RestoreRefused(path() + " is a directory: name a file or block device");
    }
    if (isBlockDevice()) {
      checkDevice();
    } else if (Files.exists(path()) && !overwrite) {
      throw new RestoreRefused(
          path() + " exists: choose another name, or use --overwrite to replace it");
    }
  }

  /** Makes the sparse partial file; nothing for a device. */
  void create() {
    if (isBlockDevice()) {
      return;
    }
    try {
      Files.createDirectories(path().getParent());
      Files.deleteIfExists(partial());
      try (RandomAccessFile file = new RandomAccessFile(partial().toFile(), "rw")) {
        file.setLength(disk.sizeBytes());
      }
    } catch (IOException e) {
      throw new RestoreRefused(partial() + " can't be made: " + e.getMessage(), e);
    }
  }

  /** Makes what was written durable and gives it its name. */
  void complete() {
    Path written = written();
    try {
      try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      if (!isBlockDevice()) {
        Files.move(
            written, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncDirectory(path());
      }
    } catch (IOException e) {
      throw new RestoreRefused(path() + " can't be completed: " + e.getMessage(), e);
    }
  }

  /** Leaves nothing behind that looks like a disk. */
  void discard() {
    try {
      Files.deleteIfExists(partial());
    } catch (IOException e) {
      throw new RestoreRefused(partial() + " can't be removed: " + e.getMessage(), e);
    }
  }

  static void syncDirectory(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
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
    return path().resolveSibling(path().getFileName() + ".partial");
  }

  private void checkDevice() {
    try {
      Path device = real(path());
      long size = deviceBytes(device);
      if (size < disk.sizeBytes()) {
        throw new RestoreRefused(
            path()
                + " has "
                + size
                + " bytes, but disk "
                + disk.target()
                + " needs "
                + disk.sizeBytes()
                + ": choose a larger device");
      }
      if (isMounted(device) || isHeld(device)) {
        throw new RestoreRefused(
            path() + " is in use (mounted, or part of a volume group or array): release it first");
      }
    } catch (IOException e) {
      throw new RestoreRefused(path() + " can't be looked at: " + e.getMessage(), e);
    }
  }

  /** The kernel counts in sectors of 512 bytes, whatever the device's own are. */
  private static long deviceBytes(Path device) throws IOException {
    Path sectors = sysfs(device).resolve("size");
    if (!Files.exists(sectors)) {
      throw new RestoreRefused(device + " is no block device");
    }
    return Long.parseLong(Files.readString(sectors).strip()) * 512;
  }

  private static boolean isMounted(Path device) throws IOException {
    try (Stream<String> mounts = Files.lines(MOUNTS, StandardCharsets.UTF_8)) {
      return mounts.map(line -> Path.of(line.split(" ", 2)[0])).anyMatch(device::equals);
    }
  }

  private static boolean isHeld(Path device) throws IOException {
    Path holders = sysfs(device).resolve("holders");
    if (!Files.isDirectory(holders)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(holders)) {
      return entries.findAny().isPresent();
    }
  }

  private static Path sysfs(Path device) {
    return Path.of("/sys/class/block").resolve(device.getFileName());
  }
}
