package io.tidemark.converter;

import io.tidemark.converter.ConversionPlan.PlannedDisk;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The single steps of a conversion, each of which can be done again after a crash. */
final class ConversionSteps {
  private static final String OWN_CHECKPOINT = "tidemark-";

  private final Hypervisor hypervisor;
  private final MetadataImages images;
  private final RawHash rawHash;
  private final Duration shutdownPatience;

  ConversionSteps(
      Hypervisor hypervisor, MetadataImages images, RawHash rawHash, Duration shutdownPatience) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.rawHash = rawHash;
    this.shutdownPatience = shutdownPatience;
  }

  /**
   * Shuts a running domain down; before a revert its checkpoints go, which only a running domain
   * lets go.
   */
  Future<Void> shutDown(Domain domain, ConversionMode mode) {
    if (!domain.active()) {
      return Future.succeededFuture();
    }
    Future<Void> ready =
        mode == ConversionMode.REVERT ? deleteCheckpoints(domain) : Future.succeededFuture();
    return ready.compose(v -> hypervisor.shutdown(domain.uuid(), shutdownPatience));
  }

  private Future<Void> deleteCheckpoints(Domain domain) {
    return hypervisor
        .checkpoints(domain.uuid())
        .compose(names ->
            Future.join(
                names.stream()
                    .filter(name -> name.startsWith(OWN_CHECKPOINT))
                    .map(name -> hypervisor.deleteCheckpoint(domain.uuid(), name))
                    .toList()))
        .mapEmpty();
  }

  /** Hashes the raw disk, and makes the image of a disk that is to get one. */
  Future<DiskConversion> prepare(ConversionPlan plan, PlannedDisk disk) {
    return hypervisor
        .diskSizeBytes(plan.domain().uuid(), disk.target())
        .compose(size ->
            rawHash
                .of(disk.raw())
                .compose(before ->
                    makeImage(plan, disk, size)
                        .map(v ->
                            new DiskConversion(
                                disk.target(),
                                disk.raw().toString(),
                                disk.metadataImage().toString(),
                                size,
                                Optional.of(before),
                                Optional.empty()))));
  }

  private Future<Void> makeImage(ConversionPlan plan, PlannedDisk disk, long size) {
    return plan.request().mode() == ConversionMode.REVERT
        ? Future.succeededFuture()
        : images.create(disk.raw(), disk.metadataImage(), size);
  }

  /**
   * Fails with {@link ConversionRefused} if a guest would see other bytes without its metadata
   * image.
   */
  Future<Void> checkRevertible(ConversionPlan plan) {
    return Future.all(
            plan.disks().stream()
                .map(disk -> images.compare(disk.raw(), disk.metadataImage()))
                .toList())
        .mapEmpty();
  }

  Future<Void> replaceDefinition(ConversionPlan plan) {
    return hypervisor.define(plan.newXml().text());
  }

  /** Hashes every raw disk again; fails with {@link ConversionRefused} unless all are as before. */
  Future<List<DiskConversion>> prove(ConversionPlan plan, List<DiskConversion> before) {
    return Future.all(plan.disks().stream().map(disk -> rawHash.of(disk.raw())).toList())
        .map(all -> {
          List<String> after = all.list();
          return IntStream.range(0, before.size())
              .mapToObj(i -> proven(before.get(i), after.get(i)))
              .toList();
        });
  }

  private static DiskConversion proven(DiskConversion disk, String after) {
    if (!disk.sha256Before().equals(Optional.of(after))) {
      throw new ConversionRefused(
          disk.source()
              + " changed while its VM was shut off (SHA-256 "
              + disk.sha256Before().orElse("")
              + " before, "
              + after
              + " after): who else writes to it?");
    }
    return new DiskConversion(
        disk.target(),
        disk.source(),
        disk.metadataImage(),
        disk.sizeBytes(),
        disk.sha256Before(),
        Optional.of(after));
  }

  Future<Void> removeImages(ConversionPlan plan) {
    return Future.join(
            plan.disks().stream().map(disk -> images.delete(disk.metadataImage())).toList())
        .mapEmpty();
  }

  /**
   * Back to the definition before; images that were made for it go, images that were in use stay.
   */
  Future<Void> undo(ConversionPlan plan) {
    Future<Void> defined = hypervisor.define(plan.domain().persistentXml().text());
    return plan.request().mode() == ConversionMode.REVERT
        ? defined
        : defined.transform(v -> removeImages(plan));
  }

  Future<Void> startIfOff(Domain domain) {
    return hypervisor
        .domain(domain.uuid())
        .compose(now ->
            now.isPresent() && !now.get().active()
                ? hypervisor.start(domain.uuid())
                : Future.succeededFuture());
  }
}
