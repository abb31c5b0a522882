package io.tidemark.converter;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What tells cheaply whether a file or device was written since. Blocks.
 *
 * @param sizeBytes its size
 * @param written when a file was last written; of a device, how much since the host's start
 */
record DiskState(long sizeBytes, String written) {
  /** Which field of a device's statistics counts the sectors written; the kernel's stat.rst. */
  private static final int SECTORS_WRITTEN = 6;

  private static final Pattern SPACES = Pattern.compile("\\s+");
  private static final Path START = Path.of("/proc/sys/kernel/random/boot_id");

  static DiskState of(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Optional<String> device = DeviceTree.numberOf(path);
      return new DiskState(
          channel.size(),
          device.isPresent() ? counted(device.get()) : Files.getLastModifiedTime(path).toString());
    }
  }

  private static String counted(String device) throws IOException {
    Path statistics = DeviceTree.ofHost().sysfs().resolve(device).resolve("stat");
    List<String> fields =
        SPACES.splitAsStream(Files.readString(statistics, StandardCharsets.UTF_8).strip()).toList();
    String sectors = fields.get(SECTORS_WRITTEN);
    return Files.readString(START, StandardCharsets.UTF_8).strip() + "/" + sectors;
  }
}
