package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.JobOutcome;
import io.tidemark.hypervisor.Domain;
import io.tidemark.lab.LabGuest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that overwrites more during its backup than there is room for. */
class ScratchFullIT {
  private static final String FILL = "dd if=/dev/urandom of=/data/file bs=1M count=48 && sync";
  private static final String OVERWRITE =
      "dd if=/dev/urandom of=/data/file bs=1M count=48 conv=notrunc && sync";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void theGuestGoesOnAndItsBackupIsLostOrFailsWithoutHarm() throws IOException {
    try (Stage stage = new Stage(directory);
        SmallDisk scratch =
            new SmallDisk(
                stage.lab(), directory.resolve("small.img"), stage.scratch(), 24L << 20)) {
      assertThat(scratch.freeBytes()).isLessThan(24L << 20);
      LabGuest guest = stage.lab().bootGuest("full", "96M");
      guest.exec(FILL);

      theWatchHelps(stage, guest);
      theNextCheckpointerHelps(stage, guest);
    }
  }

  private static void theWatchHelps(Stage stage, LabGuest guest) {
    String backup = begin(stage, guest);

    // QEMU pauses the guest in the middle of this: it ends only if somebody helps.
    guest.exec(OVERWRITE);

    BackupJobEnded ended = stage.awaitEnded(backup);
    assertThat(ended.outcome()).isEqualTo(JobOutcome.LOST);
    assertThat(ended.reason()).contains(guest.name()).contains("scratch space");
    assertRunsWithoutJob(stage, guest);
  }

  private static void theNextCheckpointerHelps(Stage stage, LabGuest guest) {
    String backup = begin(stage, guest);
    CompletableFuture<String> written = new CompletableFuture<>();

    stage.whileAway(() -> {
      written.completeAsync(() -> guest.exec(OVERWRITE));
      await().atMost(PATIENCE).until(() -> stage.domain(guest).state() == Domain.State.STALLED);
      stage.publish(new BackupFailed(backup, Optional.empty(), guest.name(), "gave up"));
    });

    written.join();
    assertThat(stage.awaitEnded(backup).outcome()).isIn(JobOutcome.ABORTED, JobOutcome.LOST);
    assertRunsWithoutJob(stage, guest);
  }

  private static String begin(Stage stage, LabGuest guest) {
    String backup = UUID.randomUUID().toString();
    stage.publish(
        new BackupAccepted(
            backup,
            stage.hypervisor().name().await(),
            stage.domain(guest).uuid(),
            guest.name(),
            false,
            List.of(),
            Optional.empty()));
    stage.awaitStarted(backup);
    return backup;
  }

  private static void assertRunsWithoutJob(Stage stage, LabGuest guest) {
    assertThat(guest.state()).isEqualTo("running");
    assertThat(stage.hypervisor().backupActive(stage.domain(guest).uuid()).await()).isFalse();
  }
}
