package io.tidemark.checkpointer;

import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.hypervisor.Disk;
import java.util.Optional;

/**
 * How one disk will be read.
 *
 * @param reason why it is read whole; empty for an incremental one
 * @param keepsBitmap whether the new checkpoint covers it
 */
record PlannedDisk(
    Disk disk,
    DiskMode mode,
    Optional<String> reason,
    boolean keepsBitmap,
    Optional<ParentDisk> parent) {

  String target() {
    return disk.target();
  }

  boolean incremental() {
    return mode == DiskMode.INCREMENTAL;
  }

  PlannedDisk full(String why) {
    return new PlannedDisk(disk, DiskMode.FULL, Optional.of(why), keepsBitmap, parent);
  }
}
