package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A block device that is to be overwritten, as sysfs describes it. Its methods block.
 *
 * @param named the path as given
 * @param device the device node that it leads to
 */
record BlockDevice(Path named, Path device) {
  private static final Path SYSFS = Path.of("/sys/class/block");

  static BlockDevice at(Path path) {
    return new BlockDevice(path, TargetFile.real(path));
  }

  /**
   * Looks before anything is touched.
   *
   * @throws RestoreRefused if the disk doesn't fit, or the device or a partition of it is in use
   */
  void check(RestoreDisk disk) {
    try {
      long size = sizeBytes();
      if (size < disk.sizeBytes()) {
        throw new RestoreRefused(
            named
                + " has "
                + size
                + " bytes, but disk "
                + disk.target()
                + " needs "
                + disk.sizeBytes()
                + ": choose a larger device");
      }
      if (inUse()) {
        throw new RestoreRefused(
            named
                + " is in use (mounted, swap, or part of a volume group or array): release it"
                + " first");
      }
    } catch (IOException e) {
      throw new RestoreRefused(named + " can't be looked at: " + TargetFile.why(e), e);
    }
  }

  /** The kernel counts in sectors of 512 bytes, whatever the device's own are. */
  private long sizeBytes() throws IOException {
    Path sectors = sysfs().resolve("size");
    if (!Files.exists(sectors)) {
      throw new RestoreRefused(named + " is neither a file nor a block device");
    }
    return Long.parseLong(Files.readString(sectors).strip()) * 512;
  }

  private boolean inUse() throws IOException {
    Set<Path> used = firstWords(Path.of("/proc/self/mounts"));
    used.addAll(firstWords(Path.of("/proc/swaps")));
    try (Stream<Path> entries = Files.list(sysfs())) {
      for (Path partition :
          entries.filter(entry -> Files.exists(entry.resolve("partition"))).toList()) {
        if (isHeld(partition) || used.contains(node(partition))) {
          return true;
        }
      }
    }
    return isHeld(sysfs()) || used.contains(device);
  }

  private static Set<Path> firstWords(Path table) throws IOException {
    try (Stream<String> lines = Files.lines(table, StandardCharsets.UTF_8)) {
      return lines
          .map(line -> line.split("\\s", 2)[0])
          .filter(word -> word.startsWith("/"))
          .map(word -> TargetFile.real(Path.of(word)))
          .collect(Collectors.toSet());
    }
  }

  private static boolean isHeld(Path entry) throws IOException {
    Path holders = entry.resolve("holders");
    if (!Files.isDirectory(holders)) {
      return false;
    }
    try (Stream<Path> held = Files.list(holders)) {
      return held.findAny().isPresent();
    }
  }

  private static Path node(Path entry) {
    return Path.of("/dev").resolve(entry.getFileName());
  }

  private Path sysfs() {
    return SYSFS.resolve(device.getFileName());
  }
}
