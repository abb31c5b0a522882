package io.tidemark.checkpointer;

import io.tidemark.hypervisor.OwnCheckpoints;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The names of the suite's own checkpoints, told from those of other programs by their beginning.
 */
final class CheckpointNames {
  private static final String OWN = OwnCheckpoints.PREFIX;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private CheckpointNames() {}

  /**
   * A new name. It has the whole id: requesters may choose ids, and those that are made of the time
   * begin alike for a minute.
   *
   * @param attempt 0 for the first attempt to begin the backup
   */
  static String of(String backupId, Instant instant, int attempt) {
    String name = prefix(backupId) + TIME.format(instant);
    return attempt == 0 ? name : name + "-" + attempt;
  }

  static boolean isOwn(String checkpoint) {
    return checkpoint.startsWith(OWN);
  }

  /** True for a checkpoint that this backup took, by its name. */
  static boolean isOf(String backupId, String checkpoint) {
    return checkpoint.startsWith(prefix(backupId));
  }

  private static String prefix(String backupId) {
    return OWN + backupId + "-";
  }
}
