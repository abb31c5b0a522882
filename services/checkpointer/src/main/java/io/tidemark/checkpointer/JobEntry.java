package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.JobOutcome;
import java.util.Optional;

/**
 * What is remembered of a backup job, until long after its end: its events may come again.
 *
 * @param started what was published when the job was open
 * @param closing how it is to end, once that is known: until it has ended that has to be tried
 *     again
 * @param ended what was published when it was closed, or could not be opened
 * @param endTold whether {@code ended} is published: until then it has to be tried again
 */
record JobEntry(
    BackupAccepted accepted,
    Optional<BackupStarted> started,
    Optional<Closing> closing,
    Optional<BackupJobEnded> ended,
    boolean endTold) {

  /** How a job is to end. */
  record Closing(JobOutcome outcome, String reason) {}

  static JobEntry opening(BackupAccepted accepted) {
    return new JobEntry(accepted, Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  JobEntry open(BackupStarted event) {
    return new JobEntry(accepted, Optional.of(event), Optional.empty(), Optional.empty(), false);
  }

  JobEntry closing(JobOutcome outcome, String reason) {
    return new JobEntry(
        accepted, started, Optional.of(new Closing(outcome, reason)), Optional.empty(), false);
  }

  JobEntry over(BackupJobEnded event) {
    return new JobEntry(accepted, started, closing, Optional.of(event), false);
  }

  JobEntry told() {
    return new JobEntry(accepted, started, closing, ended, true);
  }

  String id() {
    return accepted.backupId();
  }

  boolean isOpen() {
    return started.isPresent() && ended.isEmpty();
  }

  /** How it has to be ended now; empty if it goes on, or has ended. */
  Optional<Closing> due() {
    return closing.filter(how -> ended.isEmpty());
  }

  /** It has ended, and nobody knows it yet. */
  boolean isUntold() {
    return ended.isPresent() && !endTold;
  }
}
