package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import java.util.Optional;

/**
 * What is remembered of a backup job, until long after its end: its events may come again.
 *
 * @param started what was published when the job was open
 * @param ended what was published when it was closed, or could not be opened
 */
record JobEntry(
    BackupAccepted accepted, Optional<BackupStarted> started, Optional<BackupJobEnded> ended) {

  static JobEntry opening(BackupAccepted accepted) {
    return new JobEntry(accepted, Optional.empty(), Optional.empty());
  }

  JobEntry open(BackupStarted event) {
    return new JobEntry(accepted, Optional.of(event), Optional.empty());
  }

  JobEntry over(BackupJobEnded event) {
    return new JobEntry(accepted, started, Optional.of(event));
  }

  String id() {
    return accepted.backupId();
  }

  boolean isOpen() {
    return started.isPresent() && ended.isEmpty();
  }
}
