package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.ReportedShard;
import java.util.List;

/** All that is needed to seal a backup whose shards are in. */
record SealPlan(Job job, Backup backup, List<DiskRow> disks, List<ReportedShard> shards) {

  SealPlan {
    disks = List.copyOf(disks);
    shards = List.copyOf(shards);
  }

  /** The shards of one disk. */
  List<ReportedShard> shardsOf(DiskRow disk) {
    return shards.stream().filter(shard -> shard.target().equals(disk.target())).toList();
  }
}
