package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.JobOutcome;
import io.tidemark.lab.LabGuest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest that overwrites more during its backup than there is room for. */
class ScratchFullIT {
  @TempDir private Path directory;

  @Test
  void theGuestGoesOnAndItsBackupIsLost() throws IOException {
    try (Stage stage = new Stage(directory);
        SmallDisk scratch =
            new SmallDisk(
                stage.lab(), directory.resolve("small.img"), stage.scratch(), 24L << 20)) {
      assertThat(scratch.freeBytes()).isLessThan(24L << 20);
      LabGuest guest = stage.lab().bootGuest("full", "96M");
      guest.exec("dd if=/dev/urandom of=/data/file bs=1M count=48 && sync");
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

      // QEMU pauses the guest in the middle of this: it ends only if somebody helps.
      guest.exec("dd if=/dev/urandom of=/data/file bs=1M count=48 conv=notrunc && sync");

      BackupJobEnded ended = stage.awaitEnded(backup);
      assertThat(ended.outcome()).isEqualTo(JobOutcome.LOST);
      assertThat(ended.reason()).contains(guest.name()).contains("scratch space");
      assertThat(guest.state()).isEqualTo("running");
      assertThat(stage.hypervisor().backupActive(stage.domain(guest).uuid()).await()).isFalse();
    }
  }
}
