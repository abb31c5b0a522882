package io.tidemark.checkpointer;

import io.tidemark.lab.Lab;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A file system that is soon full, mounted where the tests and the hypervisor, which has mounts of
 * its own, both see it.
 */
final class SmallDisk implements AutoCloseable {
  private final Lab lab;
  private final Path mountPoint;
  private final String device;

  /**
   * @param image where the file system's own file is made
   * @param mountPoint made if missing
   */
  SmallDisk(Lab lab, Path image, Path mountPoint, long sizeBytes) throws IOException {
    this.lab = lab;
    this.mountPoint = mountPoint;
    Files.createDirectories(mountPoint);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(sizeBytes);
    }
    run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
    device = run("losetup", "--find", "--show", image.toString());
    run("mount", device, mountPoint.toString());
    run(inside("mount", device, mountPoint.toString()));
  }

  long freeBytes() throws IOException {
    return Files.getFileStore(mountPoint).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    run(inside("umount", mountPoint.toString()));
    run("umount", mountPoint.toString());
    run("losetup", "--detach", device);
  }

  private String[] inside(String... command) {
    return Stream.concat(
            Stream.of(
                "env",
                "TIDEMARK_LAB_DIR=" + lab.directory(),
                Path.of("../../deploy/lab/lab").toAbsolutePath().normalize().toString(),
                "run"),
            Stream.of(command))
        .toArray(String[]::new);
  }

  private static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return said;
  }
}
