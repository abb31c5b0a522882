package io.tidemark.catalog.point;

import io.tidemark.catalog.store.Words;
import io.tidemark.events.DiskMode;
import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Restore points as the repository's manifests tell them. */
public final class ManifestPoints {
  private ManifestPoints() {}

  /**
   * The point that a manifest describes, sealed.
   *
   * @param checkpointed whether the point's checkpoint covers a target
   */
  public static Point point(Manifest manifest, Predicate<String> checkpointed) {
    return new Point(
        manifest.id(),
        manifest.vm().uuid(),
        manifest.vm().name(),
        manifest.vm().hypervisor(),
        manifest.parent(),
        manifest.kind() == Manifest.Kind.INCREMENTAL ? DiskMode.INCREMENTAL : DiskMode.FULL,
        PointState.SEALED,
        manifest.consistency(),
        manifest.checkpoint(),
        manifest.domainXml(),
        manifest.createdAt(),
        manifest.sealedAt(),
        Optional.empty(),
        manifest.disks().stream()
            .map(disk -> disk(disk, checkpointed.test(disk.target())))
            .toList(),
        List.of());
  }

  private static PointDisk disk(ManifestDisk disk, boolean checkpointed) {
    return new PointDisk(
        disk.target(),
        disk.sizeBytes(),
        disk.root().toText(),
        checkpointed,
        Words.parse(DiskMode.class, disk.mode()),
        disk.reason(),
        disk.sourcePath(),
        disk.format(),
        disk.readBytes(),
        disk.changedBytes(),
        disk.zeroBytes(),
        disk.storedBytes());
  }
}
