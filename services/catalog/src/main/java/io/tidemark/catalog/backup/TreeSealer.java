package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.ReportedShard;
import io.tidemark.catalog.store.Words;
import io.tidemark.events.DiskMode;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import io.tidemark.repository.ManifestVm;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.PackWriter;
import io.tidemark.repository.Ref;
import io.tidemark.repository.RefusedException;
import io.tidemark.repository.Repository;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** Writes the upper nodes and the manifest of a backup. Blocks: worker threads only. */
final class TreeSealer {
  private TreeSealer() {}

  /**
   * Makes the restore point appear in the repository. Doing it again gives the manifest that was
   * written first.
   */
  static Sealed seal(Repository repository, SealPlan plan) {
    String id = plan.job().id();
    if (repository.hasPoint(id)) {
      return new Sealed(repository.manifest(id), List.of());
    }
    List<ManifestDisk> disks = new ArrayList<>();
    List<PackSummary> packs = new ArrayList<>();
    for (DiskRow disk : plan.disks()) {
      disks.add(sealDisk(repository, disk, plan.shardsOf(disk), packs));
    }
    Manifest manifest = manifest(plan, disks, packs);
    try {
      repository.publish(manifest);
      return new Sealed(manifest, packs);
    } catch (RefusedException e) {
      // Another catalog was faster: its tree is as good as this one.
      return new Sealed(repository.manifest(id), List.of());
    }
  }

  /** A manifest that is durable, and the packs of upper nodes that were written for it. */
  record Sealed(Manifest manifest, List<PackSummary> packs) {}

  private static ManifestDisk sealDisk(
      Repository repository, DiskRow disk, List<ReportedShard> shards, List<PackSummary> packs) {
    SortedMap<Long, Ref> leaves = new TreeMap<>();
    shards.forEach(
        shard -> shard.leaves().forEach((leaf, ref) -> leaves.put(leaf, Ref.parse(ref))));
    try (PackWriter pack = repository.newPack()) {
      Ref root =
          repository
              .tree()
              .replaceLeaves(
                  Ref.parse(disk.parentRoot()), disk.parentSize(), disk.sizeBytes(), leaves, pack);
      Optional<PackSummary> written = pack.finish();
      written.ifPresent(packs::add);
      return manifestDisk(disk, root, shards, written.map(PackSummary::storedBytes).orElse(0L));
    }
  }

  private static ManifestDisk manifestDisk(
      DiskRow disk, Ref root, List<ReportedShard> shards, long upperBytes) {
    return new ManifestDisk(
        disk.target(),
        disk.sizeBytes(),
        Geometry.BLOCK_BYTES,
        root,
        Words.of(disk.mode()),
        disk.reason(),
        sum(shards, ReportedShard::readBytes),
        sum(shards, ReportedShard::changedBytes),
        sum(shards, ReportedShard::zeroBytes),
        sum(shards, ReportedShard::storedBytes) + upperBytes,
        disk.source(),
        disk.format());
  }

  private static Manifest manifest(
      SealPlan plan, List<ManifestDisk> disks, List<PackSummary> upperPacks) {
    Backup backup = plan.backup();
    List<PackId> packs = new ArrayList<>();
    plan.shards()
        .forEach(shard -> shard.pack().ifPresent(pack -> packs.add(PackId.parse(pack.pack()))));
    upperPacks.forEach(pack -> packs.add(pack.id()));
    boolean incremental =
        plan.disks().stream().anyMatch(disk -> disk.mode() == DiskMode.INCREMENTAL);
    return new Manifest(
        Manifest.FORMAT_VERSION,
        plan.job().id(),
        new ManifestVm(
            plan.job().domainUuid().orElseThrow(),
            plan.job().vm(),
            plan.job().hypervisor().orElseThrow()),
        backup.parent(),
        incremental ? Manifest.Kind.INCREMENTAL : Manifest.Kind.FULL,
        backup.consistency().orElseThrow(),
        backup.checkpoint(),
        backup.instant().orElseThrow(),
        // As fine as PostgreSQL keeps it, so that both always say the same.
        Instant.now().truncatedTo(ChronoUnit.MICROS),
        backup.domainXml().orElseThrow(),
        List.of(),
        disks,
        packs);
  }

  private static long sum(List<ReportedShard> shards, ToLongFunction<ReportedShard> what) {
    return shards.stream().mapToLong(what).sum();
  }
}
