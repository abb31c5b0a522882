package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What jobs make on the host is theirs alone. */
class HostDirectoriesTest {
  // Two ids of one minute, as UUIDs of version 7 are.
  private static final String FIRST = "0190a1b2-c3d4-7000-8000-000000000001";
  private static final String SECOND = "0190a1b2-ffff-7000-8000-000000000002";
  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void backupsWhoseIdsBeginAlikeShareNothing() {
    HostDirectories directories = new HostDirectories(vertx, directory);

    assertThat(directories.socket(FIRST)).isNotEqualTo(directories.socket(SECOND));
    assertThat(directories.scratch(FIRST, "vda")).isNotEqualTo(directories.scratch(SECOND, "vda"));
    assertThat(CheckpointNames.of(FIRST, NOW, 0)).isNotEqualTo(CheckpointNames.of(SECOND, NOW, 0));
    assertThat(CheckpointNames.isOf(SECOND, CheckpointNames.of(FIRST, NOW, 0))).isFalse();
  }

  @Test
  void cleaningUpAfterOneLeavesTheOther() throws IOException {
    HostDirectories directories = new HostDirectories(vertx, directory);
    directories.make().await();
    Path socket = Files.createFile(directories.socket(FIRST));
    Path scratch = Files.createFile(directories.scratch(FIRST, "vda"));

    directories.clean(SECOND).await();
    assertThat(socket).exists();
    assertThat(scratch).exists();

    directories.clean(FIRST).await();
    assertThat(socket).doesNotExist();
    assertThat(scratch).doesNotExist();
  }

  @Test
  void aHostDirectoryTooLongForSocketsIsRefusedAtOnce() {
    Path longest = Path.of("/" + "x".repeat(56));
    Path longer = Path.of("/" + "x".repeat(57));

    assertThat(CheckpointerConfig.defaults(directory, longest).hostDirectory()).isEqualTo(longest);
    assertThat(new HostDirectories(vertx, longest).socket(FIRST).toString()).hasSize(107);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CheckpointerConfig.defaults(directory, longer))
        .withMessageContaining(longer.toString())
        .withMessageContaining("at most 57 bytes");
  }
}
