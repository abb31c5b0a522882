package io.tidemark.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What Linux says of a block device, in {@code /sys} and {@code /proc}. */
final class BlockDevice {

  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_BLOCK = 0060000;

  private BlockDevice() {}

  static boolean isOne(Path file) throws IOException {
    try {
      int mode = (Integer) Files.getAttribute(file, "unix:mode");
      return (mode & TYPE_MASK) == TYPE_BLOCK;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /**
   * Refuses a device that is mounted, swapped to, or part of something larger (LVM, RAID,
   * dm-crypt), itself or one of its partitions.
   */
  static void requireUnused(Path device) throws IOException {
    long number = (Long) Files.getAttribute(device, "unix:rdev");
    Path sys = Path.of("/sys/dev/block").resolve(major(number) + ":" + minor(number));
    List<Path> parts = new ArrayList<>(List.of(sys));
    parts.addAll(
        children(sys).stream().filter(child -> Files.exists(child.resolve("partition"))).toList());
    Set<String> swaps = swaps(Path.of("/proc/swaps"));
    for (Path part : parts) {
      String name = number(part, number);
      if (!children(part.resolve("holders")).isEmpty() || isMounted(name) || swaps.contains(name)) {
        throw new RefusedException(
            device
                + " is in use by this system, mounted, swapped to or held by another device. Free it, or name another target.");
      }
    }
  }

  private static String number(Path sys, long otherwise) throws IOException {
    Path file = sys.resolve("dev");
    return Files.exists(file)
        ? Files.readString(file).strip()
        : major(otherwise) + ":" + minor(otherwise);
  }

  private static boolean isMounted(String number) throws IOException {
    try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
      return mounts.anyMatch(line -> line.split(" ", 4)[2].equals(number));
    }
  }

  /**
   * The devices, as {@code major:minor}, that the kernel swaps to.
   *
   * @param table in the form of {@code /proc/swaps}: a heading, then a line for each, its path
   *     first
   */
  static Set<String> swaps(Path table) throws IOException {
    Set<String> numbers = new HashSet<>();
    if (Files.exists(table)) {
      for (String line : Files.readAllLines(table)) {
        Path file = Path.of(line.split("\\s", 2)[0]);
        if (file.isAbsolute() && isOne(file)) {
          long number = (Long) Files.getAttribute(file, "unix:rdev");
          numbers.add(major(number) + ":" + minor(number));
        }
      }
    }
    return numbers;
  }

  private static List<Path> children(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  /** The kernel's split of a device number (see makedev(3)). */
  private static long major(long number) {
    return ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
  }

  private static long minor(long number) {
    return (number & 0xff) | ((number >>> 12) & ~0xffL);
  }
}
