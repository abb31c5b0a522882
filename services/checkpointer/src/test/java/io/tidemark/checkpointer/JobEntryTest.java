package io.tidemark.checkpointer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.DiskMode;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ParentPoint;
import io.tidemark.runtime.Journal;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of a backup job outlives the process. */
class JobEntryTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
  private static final String ID = "0f0e0d0c-1111-2222-3333-444455556666";
  private static final BackupAccepted ACCEPTED = accepted();
  private static final JobEntry OPEN = JobEntry.opening(ACCEPTED).open(started());
  private static final JobEntry OVER = OPEN.over(lost());
  @TempDir private Path directory;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void aStartedJobIsKnownAfterARestart() {
    assertThat(afterRestart(OPEN)).isEqualTo(OPEN);
    assertThat(afterRestart(OPEN).isOpen()).isTrue();
  }

  @Test
  void anEndThatNobodyWasToldIsKnownToBeSoAfterARestart() {
    assertThat(afterRestart(OVER)).isEqualTo(OVER);
    assertThat(afterRestart(OVER).isUntold()).isTrue();
    assertThat(afterRestart(OVER.told()).isUntold()).isFalse();
  }

  @Test
  void howAJobIsToEndIsKnownAfterARestartUntilItHasEnded() {
    JobEntry closing = OPEN.closing(JobOutcome.COMPLETED, "");

    assertThat(afterRestart(closing).due())
        .contains(new JobEntry.Closing(JobOutcome.COMPLETED, ""));
    assertThat(afterRestart(closing.over(lost())).due()).isEmpty();
    assertThat(OPEN.due()).isEmpty();
  }

  @Test
  void aJobThatWasBeingOpenedIsNeitherOpenNorUntold() {
    JobEntry opening = afterRestart(JobEntry.opening(ACCEPTED));

    assertThat(opening.isOpen()).isFalse();
    assertThat(opening.isUntold()).isFalse();
  }

  @Test
  void aCheckpointIsKnownByTheBackupThatTookIt() {
    String first = CheckpointNames.of(ID, NOON, 0);
    String second = CheckpointNames.of(ID, NOON, 1);

    assertThat(first).isEqualTo("tidemark-" + ID + "-20260102120000");
    assertThat(second).isNotEqualTo(first);
    assertThat(CheckpointNames.isOf(ID, second)).isTrue();
    assertThat(CheckpointNames.isOf("0f0e0d0c-1111-2222-3333-444455557777", first)).isFalse();
    assertThat(CheckpointNames.isOwn("tidemark-0f0e0d0c-20260102120000")).isTrue();
    assertThat(CheckpointNames.isOwn("virtnbdbackup.0")).isFalse();
  }

  private JobEntry afterRestart(JobEntry entry) {
    new Journal<>(vertx, directory, JobEntry.class).put(ID, entry).await();
    return new Journal<>(vertx, directory, JobEntry.class).all().await().get(ID);
  }

  private static BackupAccepted accepted() {
    ParentDisk disk = new ParentDisk("vda", 1 << 20, "root", true);
    return new BackupAccepted(
        ID,
        "host",
        "uuid",
        "web",
        false,
        List.of("vda"),
        Optional.of(new ParentPoint("p1", Optional.of("c1"), List.of(disk))));
  }

  private static BackupStarted started() {
    BackupDisk disk =
        new BackupDisk(
            "vda",
            "/raw",
            "raw",
            1 << 20,
            "nbd+unix:///vda?socket=/s",
            Optional.of("qemu:dirty-bitmap:backup-vda"),
            DiskMode.INCREMENTAL,
            Optional.empty(),
            true,
            ACCEPTED.parent().flatMap(p -> p.disk("vda")));
    return new BackupStarted(
        ID,
        "host",
        "uuid",
        "web",
        Optional.of("c2"),
        Optional.of("p1"),
        Consistency.CRASH,
        NOON,
        "<domain/>",
        List.of(disk));
  }

  private static BackupJobEnded lost() {
    return new BackupJobEnded(
        ID, "host", "uuid", JobOutcome.LOST, List.of("c1"), List.of("c2"), "it stopped");
  }
}
