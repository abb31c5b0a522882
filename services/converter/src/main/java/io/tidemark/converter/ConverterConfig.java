package io.tidemark.converter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where the converter keeps things, and how long it waits.
 *
 * @param stateDirectory its journals
 * @param hostDirectory a directory that QEMU sees under the same path: {@code metadata/} and {@code
 *     sockets/} below it
 * @param shutdownPatience how long a guest may take to power off
 * @param restoreRoots restores may only write below these, links followed; none for anywhere
 */
public record ConverterConfig(
    Path stateDirectory, Path hostDirectory, Duration shutdownPatience, List<Path> restoreRoots) {

  public ConverterConfig {
    restoreRoots = List.copyOf(restoreRoots);
  }

  /** Restores may go anywhere. */
  public ConverterConfig(Path stateDirectory, Path hostDirectory, Duration shutdownPatience) {
    this(stateDirectory, hostDirectory, shutdownPatience, List.of());
  }

  /** Two minutes for a guest to power off. */
  public ConverterConfig(Path stateDirectory, Path hostDirectory) {
    this(stateDirectory, hostDirectory, Duration.ofMinutes(2));
  }

  /** The same with other roots. */
  public ConverterConfig withRestoreRoots(List<Path> roots) {
    return new ConverterConfig(stateDirectory, hostDirectory, shutdownPatience, roots);
  }

  Path metadataImage(String domainUuid, String target) {
    return metadataImage(domainUuid, target, 1);
  }

  /**
   * @param number tells images apart whose disks have the same target name, one after the other
   */
  Path metadataImage(String domainUuid, String target, int number) {
    return metadata()
        .resolve(domainUuid)
        .resolve(target + (number == 1 ? "" : "-" + number) + ".qcow2");
  }

  Path metadata() {
    return hostDirectory.resolve("metadata");
  }

  Path sockets() {
    return hostDirectory.resolve("sockets");
  }
}
