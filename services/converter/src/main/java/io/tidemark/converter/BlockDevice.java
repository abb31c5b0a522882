package io.tidemark.converter;

import io.tidemark.events.RestoreDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
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
    Path sectors = DeviceTree.ofHost().sysfs().resolve(number()).resolve("size");
    return Long.parseLong(Files.readString(sectors).strip()) * 512;
  }

  private boolean inUse() throws IOException {
    Set<String> used = devicesIn(Path.of("/proc/self/mounts"));
    used.addAll(devicesIn(Path.of("/proc/swaps")));
    DeviceTree tree = DeviceTree.ofHost();
    String number = number();
    return tree.isHeld(number) || !Collections.disjoint(tree.carriedBy(number), used);
  }

  private static Set<String> devicesIn(Path table) throws IOException {
    try (Stream<String> lines = Files.lines(table, StandardCharsets.UTF_8)) {
      return lines
          .map(line -> line.split("\\s", 2)[0])
          .filter(word -> word.startsWith("/"))
          .flatMap(word -> DeviceTree.numberOf(Path.of(word)).stream())
          .collect(Collectors.toSet());
    }
  }

  private String number() {
    return DeviceTree.numberOf(device)
        .orElseThrow(() -> new RestoreRefused(named + " is neither a file nor a block device"));
  }
}
