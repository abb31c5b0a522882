package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.Job;
import java.util.Arrays;
import java.util.Locale;

/** Where a backup is. */
enum BackupStage {
  /** Another backup of the domain is under way. */
  QUEUED,
  /** The checkpointer's turn. */
  ACCEPTED,
  /** Frozen and exported; the survey's turn. */
  STARTED,
  /** The extractors' turn. */
  EXTRACTING,
  /** Every shard is in; tree and manifest are being written. */
  SEALING,
  SEALED,
  FAILED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isStageOf(Job job) {
    return job.stage().equals(word());
  }

  static boolean any(Job job, BackupStage... stages) {
    return Arrays.stream(stages).anyMatch(stage -> stage.isStageOf(job));
  }
}
