package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockDeviceTest {
  private static final Path SYSFS = Path.of("/sys/class/block");

  @TempDir private Path directory;

  @Test
  void whatTheKernelSwapsToIsKnownByItsNumber() throws IOException {
    List<Path> devices = devices();
    assumeThat(devices).as("block devices here").isNotEmpty();
    Path device = devices.getFirst();
    Path table =
        Files.writeString(
            directory.resolve("swaps"),
            "Filename\tType\tSize\tUsed\tPriority\n"
                + device
                + "  partition\t8388604\t0\t-2\n"
                + directory.resolve("swaps")
                + "  file\t1024\t0\t-3\n");

    String number = Files.readString(SYSFS.resolve(device.getFileName()).resolve("dev")).strip();
    assertThat(BlockDevice.swaps(table)).containsExactly(number);
  }

  @Test
  void aKernelWithoutSwapUsesNoDevice() throws IOException {
    assertThat(BlockDevice.swaps(directory.resolve("nothing"))).isEmpty();
  }

  private static List<Path> devices() throws IOException {
    try (Stream<Path> known = Files.list(SYSFS)) {
      return known
          .map(entry -> Path.of("/dev").resolve(entry.getFileName()))
          .filter(Files::exists)
          .toList();
    }
  }
}
