package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk {@code sdb} with two partitions, a logical volume on the second, and a loop device. */
class DeviceTreeTest {
  @TempDir private Path directory;
  private DeviceTree tree;

  @BeforeEach
  void makeDevices() throws IOException {
    Path sysfs = Files.createDirectories(directory.resolve("dev/block"));
    Path disk = device(sysfs, "devices/sdb", "8:16");
    Path first = device(sysfs, "devices/sdb/sdb1", "8:17");
    Path second = device(sysfs, "devices/sdb/sdb2", "8:18");
    Files.writeString(first.resolve("partition"), "1\n");
    Files.writeString(second.resolve("partition"), "2\n");
    Path volume = device(sysfs, "devices/dm-0", "253:0");
    Files.createSymbolicLink(second.resolve("holders/dm-0"), volume);
    Files.createSymbolicLink(volume.resolve("slaves/sdb2"), second);
    device(sysfs, "devices/sdc", "8:32");
    Path loop = device(sysfs, "devices/loop0", "7:0");
    Files.createDirectories(loop.resolve("loop"));
    Files.writeString(loop.resolve("loop/backing_file"), "/images/my web.raw\n");
    assertThat(disk).isDirectory();
    tree = new DeviceTree(sysfs);
  }

  @Test
  void aDiskOverlapsAllThatLiesOnIt() throws IOException {
    assertThat(tree.overlapping("8:16")).containsExactlyInAnyOrder("8:16", "8:17", "8:18", "253:0");
  }

  @Test
  void aPartitionOverlapsItsDiskAndNotItsNeighbour() throws IOException {
    assertThat(tree.overlapping("8:17")).containsExactlyInAnyOrder("8:17", "8:16");
    assertThat(tree.overlapping("8:18")).containsExactlyInAnyOrder("8:18", "8:16", "253:0");
  }

  @Test
  void aLogicalVolumeOverlapsWhatItLiesOn() throws IOException {
    assertThat(tree.overlapping("253:0")).containsExactlyInAnyOrder("253:0", "8:18", "8:16");
  }

  @Test
  void aDeviceAloneOverlapsItself() throws IOException {
    assertThat(tree.overlapping("8:32")).containsExactly("8:32");
    assertThat(tree.overlapping("9:9")).containsExactly("9:9");
  }

  @Test
  void aDeviceIsHeldByWhatLiesOnItsPartitionsToo() throws IOException {
    assertThat(tree.isHeld("8:16")).isTrue();
    assertThat(tree.isHeld("8:18")).isTrue();
    assertThat(tree.isHeld("8:17")).isFalse();
    assertThat(tree.isHeld("253:0")).isFalse();
    assertThat(tree.isHeld("9:9")).isFalse();
    assertThat(tree.carriedBy("8:17")).containsExactly("8:17");
  }

  @Test
  void theFileBehindALoopDeviceIsFound() throws IOException {
    assertThat(tree.filesBehind("7:0")).containsExactly(Path.of("/images/my web.raw"));
    assertThat(tree.filesBehind("8:16")).isEmpty();
  }

  @Test
  void onlyBlockDevicesHaveANumber() throws IOException {
    assertThat(DeviceTree.numberOf(Path.of("/dev/null"))).isEmpty();
    assertThat(DeviceTree.numberOf(Files.createFile(directory.resolve("file")))).isEmpty();
    assertThat(DeviceTree.numberOf(directory.resolve("nothing"))).isEmpty();
  }

  private Path device(Path sysfs, String name, String number) throws IOException {
    Path entry = Files.createDirectories(directory.resolve(name));
    Files.writeString(entry.resolve("dev"), number + "\n");
    Files.createDirectories(entry.resolve("holders"));
    Files.createDirectories(entry.resolve("slaves"));
    Files.createSymbolicLink(sysfs.resolve(number), entry);
    return entry;
  }
}
