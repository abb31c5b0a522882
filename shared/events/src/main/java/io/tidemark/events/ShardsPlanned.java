package io.tidemark.events;

import java.util.List;

/** The dirty extents of a backup's disks are known and cut into shards. */
public record ShardsPlanned(String backupId, List<DiskPlan> disks) implements BackupEvent {
  public ShardsPlanned {
    disks = List.copyOf(disks);
  }
}
