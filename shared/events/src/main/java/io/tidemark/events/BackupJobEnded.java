package io.tidemark.events;

import java.util.List;

/**
 * The libvirt backup job of a backup is closed, or never came to be.
 *
 * @param keptCheckpoints the suite's checkpoints that the domain has now
 * @param removedCheckpoints the suite's checkpoints that were removed
 * @param reason why, in one sentence, unless it was completed
 */
public record BackupJobEnded(
    String backupId,
    String hypervisor,
    String domainUuid,
    JobOutcome outcome,
    List<String> keptCheckpoints,
    List<String> removedCheckpoints,
    String reason)
    implements BackupEvent {
  public BackupJobEnded {
    keptCheckpoints = List.copyOf(keptCheckpoints);
    removedCheckpoints = List.copyOf(removedCheckpoints);
  }
}
