package io.tidemark.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
   * Refuses a device that is mounted, or part of something larger (LVM, RAID, dm-crypt), itself or
   * one of its partitions.
   */
  static void requireUnused(Path device) throws IOException {
    long number = (Long) Files.getAttribute(device, "unix:rdev");
    Path sys = Path.of("/sys/dev/block").resolve(major(number) + ":" + minor(number));
    List<Path> parts = new ArrayList<>(List.of(sys));
    parts.addAll(
        children(sys).stream().filter(child -> Files.exists(child.resolve("partition"))).toList());
    for (Path part : parts) {
      if (!children(part.resolve("holders")).isEmpty() || isMounted(number(part, number))) {
        throw new RefusedException(
            device
                + " is in use by this system, mounted or held by another device. Free it, or name another target.");
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
