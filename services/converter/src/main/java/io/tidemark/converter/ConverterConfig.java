package io.tidemark.converter;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the converter keeps things, and how long it waits.
 *
 * @param stateDirectory its journals
 * @param hostDirectory a directory that QEMU sees under the same path: {@code metadata/} and {@code
 *     sockets/} below it
 * @param shutdownPatience how long a guest may take to power off
 */
public record ConverterConfig(Path stateDirectory, Path hostDirectory, Duration shutdownPatience) {

  /** Two minutes for a guest to power off. */
  public ConverterConfig(Path stateDirectory, Path hostDirectory) {
    this(stateDirectory, hostDirectory, Duration.ofMinutes(2));
  }

  Path metadataImage(String domainUuid, String target) {
    return metadata().resolve(domainUuid).resolve(target + ".qcow2");
  }

  Path metadata() {
    return hostDirectory.resolve("metadata");
  }

  Path sockets() {
    return hostDirectory.resolve("sockets");
  }
}
