package io.tidemark.checkpointer;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the checkpointer keeps things, and how long it waits.
 *
 * @param stateDirectory its journals
 * @param hostDirectory a directory that QEMU sees under the same path: {@code scratch/} and {@code
 *     sockets/} below it
 * @param freezePatience how long a guest agent may take to freeze or thaw
 * @param thawPause how long to wait before a guest that could not be thawed is tried again
 */
public record CheckpointerConfig(
    Path stateDirectory, Path hostDirectory, Duration freezePatience, Duration thawPause) {

  /**
   * @throws IllegalArgumentException if the path of the host directory is too long for the unix
   *     sockets below it
   */
  public CheckpointerConfig {
    HostDirectories.check(hostDirectory);
  }

  /** Ten seconds for the guest agent, two between tries to thaw. */
  public static CheckpointerConfig defaults(Path stateDirectory, Path hostDirectory) {
    return new CheckpointerConfig(
        stateDirectory, hostDirectory, Duration.ofSeconds(10), Duration.ofSeconds(2));
  }
}
