package io.tidemark.catalog.point;

import io.tidemark.events.DiskMode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A restore point as the catalog keeps it.
 *
 * @param verifiedAt when all of it was last read and hashed again
 * @param damage what of it is lost, if it is damaged
 */
public record Point(
    String id,
    String domainUuid,
    String vm,
    String hypervisor,
    Optional<String> parent,
    DiskMode kind,
    PointState state,
    String consistency,
    Optional<String> checkpoint,
    String domainXml,
    Instant createdAt,
    Instant sealedAt,
    Optional<Instant> verifiedAt,
    List<PointDisk> disks,
    List<DamagedRange> damage) {

  public Point {
    disks = List.copyOf(disks);
    damage = List.copyOf(damage);
  }

  /** The disk of that target name, if the point has it. */
  public Optional<PointDisk> disk(String target) {
    return disks.stream().filter(disk -> disk.target().equals(target)).findFirst();
  }
}
