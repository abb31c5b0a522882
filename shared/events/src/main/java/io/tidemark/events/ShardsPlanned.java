package io.tidemark.events;

import java.util.List;
import java.util.Optional;

/**
 * The dirty extents of a backup's disks are known and cut into shards. A survey may be done more
 * than once; its first plan counts, and of the shards those that were cut by it.
 *
 * @param cut names the ranges that the shards are; empty in events of earlier versions
 */
public record ShardsPlanned(String backupId, List<DiskPlan> disks, Optional<String> cut)
    implements BackupEvent {
  public ShardsPlanned {
    disks = List.copyOf(disks);
  }
}
