package io.tidemark.events;

import java.util.List;
import java.util.Optional;

/**
 * The sealed restore point that a backup builds on.
 *
 * @param checkpoint the libvirt checkpoint that was taken with it, if any disk could keep one
 * @param disks its disks
 */
public record ParentPoint(String pointId, Optional<String> checkpoint, List<ParentDisk> disks) {
  public ParentPoint {
    disks = List.copyOf(disks);
  }

  /** The disk of that target name, if the point has it. */
  public Optional<ParentDisk> disk(String target) {
    return disks.stream().filter(d -> d.target().equals(target)).findFirst();
  }
}
