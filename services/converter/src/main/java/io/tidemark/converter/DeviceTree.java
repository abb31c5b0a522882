package io.tidemark.converter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which block devices share bytes, as sysfs tells: a disk and its partitions, a logical volume and
 * what it lies on. Devices are named by number, {@code MAJOR:MINOR}. Its methods block.
 *
 * @param sysfs a directory like {@code /sys/dev/block}
 */
record DeviceTree(Path sysfs) {
  private static final int TYPE_BITS = 0170000;
  private static final int BLOCK_DEVICE = 0060000;

  /** That of this host. */
  static DeviceTree ofHost() {
    return new DeviceTree(Path.of("/sys/dev/block"));
  }

  /** The number of a block device; empty for anything else, and for what is not there. */
  static Optional<String> numberOf(Path node) {
    try {
      if (((Integer) Files.getAttribute(node, "unix:mode") & TYPE_BITS) != BLOCK_DEVICE) {
        return Optional.empty();
      }
      long number = (Long) Files.getAttribute(node, "unix:rdev");
      long major = ((number >> 8) & 0xfff) | ((number >> 32) & 0xfffff000L);
      long minor = (number & 0xff) | ((number >> 12) & 0xffffff00L);
      return Optional.of(major + ":" + minor);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The device itself, and every one whose bytes change when its own are written. */
  Set<String> overlapping(String number) throws IOException {
    Set<String> all = new LinkedHashSet<>(reach(number, DeviceTree::below));
    all.addAll(carriedBy(number));
    return all;
  }

  /** The device itself, its partitions, and all that lies on them. */
  Set<String> carriedBy(String number) throws IOException {
    return reach(number, DeviceTree::above);
  }

  /** Is it, or a partition of it, part of something larger: a volume group, an array, a mapping? */
  boolean isHeld(String number) throws IOException {
    for (String device : carriedBy(number)) {
      if (!devicesIn(sysfs.resolve(device).resolve("holders")).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** The files behind loop devices that are written when the device is. */
  Set<Path> filesBehind(String number) throws IOException {
    Set<Path> files = new LinkedHashSet<>();
    for (String device : reach(number, DeviceTree::below)) {
      Path file = sysfs.resolve(device).resolve("loop/backing_file");
      if (Files.exists(file)) {
        files.add(Path.of(Files.readString(file, StandardCharsets.UTF_8).stripTrailing()));
      }
    }
    return files;
  }

  private interface Neighbours {
    List<Path> of(Path entry) throws IOException;
  }

  private Set<String> reach(String number, Neighbours neighbours) throws IOException {
    Set<String> reached = new LinkedHashSet<>(List.of(number));
    Deque<Path> open = new ArrayDeque<>();
    if (Files.exists(sysfs.resolve(number))) {
      open.add(sysfs.resolve(number).toRealPath());
    }
    while (!open.isEmpty()) {
      for (Path next : neighbours.of(open.remove())) {
        if (reached.add(numberIn(next))) {
          open.add(next);
        }
      }
    }
    return reached;
  }

  /** What holds its bytes: the disk of a partition, the devices of a logical volume. */
  private static List<Path> below(Path entry) throws IOException {
    return isPartition(entry) ? List.of(entry.getParent()) : devicesIn(entry.resolve("slaves"));
  }

  /** Whose bytes it holds: a disk's partitions, the logical volumes on a device. */
  private static List<Path> above(Path entry) throws IOException {
    try (Stream<Path> children = Files.list(entry)) {
      return Stream.concat(
              children.filter(DeviceTree::isPartition),
              devicesIn(entry.resolve("holders")).stream())
          .toList();
    }
  }

  private static List<Path> devicesIn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> links = Files.list(directory)) {
      return links.map(TargetFile::real).toList();
    }
  }

  private static boolean isPartition(Path entry) {
    return Files.exists(entry.resolve("partition"));
  }

  private static String numberIn(Path entry) throws IOException {
    return Files.readString(entry.resolve("dev"), StandardCharsets.UTF_8).strip();
  }
}
