package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.DiskPlan;
import java.util.List;

/**
 * What the survey of a disk found.
 *
 * @param disk as it is to be read
 * @param shards what the extractors shall read
 * @param readBytes how much that is together
 */
record SurveyedDisk(BackupDisk disk, List<ByteRange> shards, long readBytes) {
  SurveyedDisk {
    shards = List.copyOf(shards);
  }

  DiskPlan plan() {
    return new DiskPlan(disk.target(), disk.mode(), disk.reason(), shards.size(), readBytes);
  }
}
