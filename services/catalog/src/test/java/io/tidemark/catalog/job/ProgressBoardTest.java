package io.tidemark.catalog.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBoardTest {
  private final AtomicLong clock = new AtomicLong();
  private final ProgressBoard board = new ProgressBoard(clock::get);

  @Test
  void shardsUnderWayAddToThoseThatAreReported() {
    board.heartbeat("b", "vda/0", 100);
    board.heartbeat("b", "vda/1", 50);
    board.heartbeat("b", "vda/1", 40);

    assertThat(board.of(job(JobState.RUNNING, 300)).doneBytes()).isEqualTo(450);
    board.reported("b", "vda/0");
    assertThat(board.of(job(JobState.RUNNING, 400)).doneBytes()).isEqualTo(450);
  }

  @Test
  void theRateIsOfTheLastSeconds() {
    board.heartbeat("b", "vda/0", 0);
    board.of(job(JobState.RUNNING, 0));
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    board.heartbeat("b", "vda/0", 200);

    Progress progress = board.of(job(JobState.RUNNING, 0));

    assertThat(progress.bytesPerSecond()).isEqualTo(100);
    assertThat(progress.secondsLeft()).contains(8L);
  }

  @Test
  void aJobThatSucceededIsDoneAndOneThatNobodyHeardOfHasNoRate() {
    assertThat(board.of(job(JobState.SUCCEEDED, 0)).doneBytes()).isEqualTo(1000);
    assertThat(board.of(job(JobState.RUNNING, 10)))
        .isEqualTo(new Progress(10, 1000, 0, Optional.empty()));
  }

  @Test
  void neverMoreIsShownThanThereIsToDo() {
    board.heartbeat("b", "vda/0", 5000);

    assertThat(board.of(job(JobState.RUNNING, 0)).doneBytes()).isEqualTo(1000);
  }

  private static Job job(JobState state, long reported) {
    return new Job(
        "b",
        JobType.BACKUP,
        "web",
        Optional.empty(),
        Optional.empty(),
        state,
        "extracting",
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.of(1000L),
        reported,
        Optional.empty());
  }
}
