package io.tidemark.catalog.restore;

import io.tidemark.catalog.job.Job;
import java.util.Arrays;
import java.util.Locale;

/** Where a restore is. */
enum RestoreStage {
  /** The converter's turn: targets are made and exported. */
  ACCEPTED,
  /** The targets are ready; the extractors plan. */
  READY,
  /** The extractors' turn. */
  RESTORING,
  /** All data is written; the converter puts the files in place. */
  FINISHING,
  COMPLETED,
  FAILED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  boolean isStageOf(Job job) {
    return job.stage().equals(word());
  }

  static boolean any(Job job, RestoreStage... stages) {
    return Arrays.stream(stages).anyMatch(stage -> stage.isStageOf(job));
  }
}
