package io.tidemark.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full file systems and block devices, real ones; needs root. */
final class StorageIT {

  @TempDir private Path dir;

  private interface Work {
    void run(Path path) throws Exception;
  }

  @BeforeEach
  void requireRoot() {
    assumeThat(System.getProperty("user.name"))
        .as("mounting file systems and making loop devices needs root")
        .isEqualTo("root");
  }

  @Test
  void aFullRepositorySaysSoAndRecoversWhenThereIsSpaceAgain() throws Exception {
    onSmallFileSystem(mount -> {
      Path home = mount.resolve("r");
      Path ballast = Files.write(mount.resolve("ballast"), new byte[2 << 20]);
      try (Repository repository = Repository.create(home)) {
        Fixture.publish(repository, "p1", noise(1 << 20), Optional.empty());

        assertThatThrownBy(
                () -> Fixture.publish(repository, "p2", noise(8 << 20), Optional.empty()))
            .isInstanceOf(StorageFullException.class)
            .hasMessageContaining(home.toString())
            .hasMessageContaining("Free some");
        assertThat(home.resolve("tmp")).isEmptyDirectory();
        assertThat(repository.pointIds()).containsExactly("p1");

        Files.delete(ballast);
        Fixture.publish(repository, "p2", noise(2 << 20), Optional.empty());
        assertThat(
                Verifier.verify(
                        repository, List.of("p1", "p2"), VerifyPlan.full(), VerifyListener.NONE)
                    .ok())
            .isTrue();
      }
    });
  }

  @Test
  void aFullDiskAtPublishingLeavesNoHalfPoint() throws Exception {
    onSmallFileSystem(mount -> {
      try (Repository repository = Repository.create(mount.resolve("r"))) {
        Manifest point = Fixture.backUp(repository, "p1", noise(100_000), Optional.empty());
        fill(mount.resolve("ballast"));

        assertThatThrownBy(() -> repository.publish(point))
            .isInstanceOf(StorageFullException.class);
        assertThat(repository.pointIds()).isEmpty();
        assertThat(mount.resolve("r/tmp")).isEmptyDirectory();

        Files.delete(mount.resolve("ballast"));
        repository.publish(point);
        assertThat(repository.manifest("p1")).isEqualTo(point);
      }
    });
  }

  @Test
  void aRestoreOntoAFullFileSystemLeavesNothing() throws Exception {
    onSmallFileSystem(mount -> {
      try (Repository repository = Repository.create(dir.resolve("r"))) {
        Manifest point = Fixture.publish(repository, "p1", noise(8 << 20), Optional.empty());

        assertThatThrownBy(() ->
                RawRestore.restore(
                    repository,
                    point,
                    "vda",
                    mount.resolve("vda.raw"),
                    false,
                    ProgressListener.NONE))
            .isInstanceOf(StorageFullException.class)
            .hasMessageContaining(mount.toString());
        assertThat(mount).isEmptyDirectory();
      }
    });
  }

  @Test
  void aBlockDeviceIsWrittenInPlaceZeroesIncludedIfThatIsAllowed() throws Exception {
    byte[] content = noise(6_000_000);
    Arrays.fill(content, 1_000_000, 5_000_000, (byte) 0);
    byte[] before = noise(8 << 20);
    onLoopDevice(
        before,
        device -> {
          try (Repository repository = Repository.create(dir.resolve("r"))) {
            Manifest point = Fixture.publish(repository, "p1", content, Optional.empty());

            assertThatThrownBy(() ->
                    RawRestore.restore(
                        repository, point, "vda", device, false, ProgressListener.NONE))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(device.toString());
            assertThat(Files.readAllBytes(device)).isEqualTo(before);

            RawRestore.restore(repository, point, "vda", device, true, ProgressListener.NONE);
          }
          byte[] after = Files.readAllBytes(device);
          assertThat(Arrays.copyOf(after, content.length)).isEqualTo(content);
          assertThat(Arrays.copyOfRange(after, content.length, after.length))
              .isEqualTo(Arrays.copyOfRange(before, content.length, before.length));
        });
  }

  @Test
  void aDeviceTooSmallOrMountedIsRefusedAndUntouched() throws Exception {
    byte[] before = noise(4 << 20);
    onLoopDevice(
        before,
        device -> {
          try (Repository repository = Repository.create(dir.resolve("r"))) {
            Manifest large = Fixture.publish(repository, "p1", noise(5 << 20), Optional.empty());
            Manifest small = Fixture.publish(repository, "p2", noise(1 << 20), Optional.empty());

            assertThatThrownBy(() ->
                    RawRestore.restore(
                        repository, large, "vda", device, true, ProgressListener.NONE))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("4194304");
            assertThat(Files.readAllBytes(device)).isEqualTo(before);

            Commands.run("mkfs.ext4", "-qF", device.toString());
            Path mount = Files.createDirectory(dir.resolve("mounted"));
            Commands.run("mount", device.toString(), mount.toString());
            try {
              assertThatThrownBy(() ->
                      RawRestore.restore(
                          repository, small, "vda", device, true, ProgressListener.NONE))
                  .isInstanceOf(RefusedException.class)
                  .hasMessageContaining("in use");
            } finally {
              Commands.run("umount", mount.toString());
            }
          }
        });
  }

  private void onSmallFileSystem(Work work) throws Exception {
    Path mount = Files.createDirectory(dir.resolve("small"));
    Commands.run("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", mount.toString());
    try {
      work.run(mount);
    } finally {
      Commands.run("umount", mount.toString());
    }
  }

  private void onLoopDevice(byte[] content, Work work) throws Exception {
    Path image = Files.write(dir.resolve("image"), content);
    String device = Commands.run("losetup", "--find", "--show", image.toString());
    try {
      work.run(Path.of(device));
    } finally {
      Commands.run("losetup", "--detach", device);
    }
  }

  private static void fill(Path file) throws IOException {
    try (var channel =
        Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer some = ByteBuffer.allocate(4096);
      while (true) {
        channel.write(some.clear());
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space");
    }
  }

  private static byte[] noise(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }
}
