package io.tidemark.converter;

import io.tidemark.converter.ConversionPlan.PlannedDisk;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Disk;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.tidemark.hypervisor.OwnCheckpoints;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two steps of a conversion: prove that the raw disks stay as they are, then change the
 * definition. Each can be done again after a crash, and takes back what it did if it fails. While
 * libvirt can't be reached they fail with {@link HypervisorException.Unavailable} and take nothing
 * back: then they are to be done again.
 */
final class ConversionSteps {
  private static final Logger LOG = LoggerFactory.getLogger(ConversionSteps.class);

  private final ConverterConfig config;
  private final Hypervisor hypervisor;
  private final MetadataImages images;
  private final RawDisks rawDisks;

  ConversionSteps(
      ConverterConfig config, Hypervisor hypervisor, MetadataImages images, RawDisks rawDisks) {
    this.config = config;
    this.hypervisor = hypervisor;
    this.images = images;
    this.rawDisks = rawDisks;
  }

  /** Fails with {@link ConversionRefused} if the domain runs and must not be shut down now. */
  Future<Void> refuseIfInUse(ConversionEntry entry, Domain domain) {
    if (!domain.active()) {
      return Future.succeededFuture();
    }
    if (!entry.request().restart()) {
      return Future.failedFuture(
          new ConversionRefused(
              "VM "
                  + domain.name()
                  + " is running: use --restart to have it shut down and started again, or shut it"
                  + " down first."));
    }
    return hypervisor
        .backupActive(domain.uuid())
        .map(active -> {
          if (active) {
            throw new ConversionRefused(
                "VM "
                    + domain.name()
                    + " is being backed up, which its restart would end: wait for the backup and"
                    + " try again.");
          }
          return null;
        });
  }

  /**
   * Takes the places of the images that are to be made.
   *
   * @return fails with {@link ConversionRefused}, and has taken none, if something is there
   */
  Future<Void> claimImages(ConversionEntry entry) {
    return images.claim(entry.madeImages());
  }

  /** Removes those images that the conversion made and no domain uses. */
  Future<Void> removeLeftovers(ConversionEntry entry) {
    return removeUnused(entry.madeImages());
  }

  /**
   * Shuts the domain down, hashes its raw disks, makes or compares the images, and hashes again.
   *
   * @return the disks with both hashes; fails with {@link ConversionRefused} if they aren't equal
   */
  Future<ConversionStage.Proven> prove(ConversionEntry entry, ConversionPlan plan) {
    Map<String, DiskState> states = new HashMap<>();
    return shutDown(entry, plan.domain())
        .compose(off -> proveAll(entry, plan, new ArrayList<>(), states))
        .map(disks -> new ConversionStage.Proven(disks, states));
  }

  /**
   * Whether what was proven is still so: the definition is changed already, or the domain is off
   * and nothing was written since.
   */
  Future<Boolean> holds(ConversionEntry entry, ConversionStage.Proven proven) {
    return hypervisor
        .domain(entry.domainUuid())
        .compose(found -> {
          boolean changed =
              found
                  .filter(domain -> isChanged(domain, proven.disks(), !entry.reverts()))
                  .isPresent();
          if (changed || found.isEmpty() || found.get().active()) {
            return Future.succeededFuture(changed);
          }
          return rawDisks
              .states(List.copyOf(proven.states().keySet()))
              .map(now -> !now.isEmpty() && now.equals(proven.states()));
        });
  }

  /** Changes the definition, and starts the domain again if it was running. */
  Future<Void> change(ConversionEntry entry, List<DiskConversion> disks) {
    boolean withImages = !entry.reverts();
    return redefine(entry, disks, withImages)
        .compose(v -> startAgain(entry))
        .recover(e -> takeBack(e, () -> redefine(entry, disks, !withImages)))
        .compose(v -> entry.reverts() ? removeOld(disks) : Future.succeededFuture());
  }

  /** What a run that was killed in its middle has left of the domain's power. */
  Future<Void> startAgain(ConversionEntry entry) {
    if (!entry.wasRunning()) {
      return Future.succeededFuture();
    }
    return hypervisor
        .domain(entry.domainUuid())
        .compose(now ->
            now.isPresent() && !now.get().active()
                ? hypervisor.start(entry.domainUuid())
                : Future.succeededFuture());
  }

  /** Only a running domain lets its checkpoints go, so before a revert they go first. */
  private Future<Void> shutDown(ConversionEntry entry, Domain domain) {
    if (!domain.active()) {
      return Future.succeededFuture();
    }
    Future<Void> ready = entry.reverts() ? deleteCheckpoints(domain) : Future.succeededFuture();
    return ready
        .compose(v -> hypervisor.shutdown(domain.uuid(), config.shutdownPatience()))
        .recover(e ->
            Future.failedFuture(
                e instanceof HypervisorException.TimedOut
                    ? new ConversionRefused(
                        "VM "
                            + domain.name()
                            + " was asked to power off and still runs after "
                            + config.shutdownPatience().toSeconds()
                            + " s: shut it down from inside and try again.",
                        e)
                    : e));
  }

  /** What stays is only libvirt's memory of a checkpoint: the next backup reads everything. */
  private Future<Void> deleteCheckpoints(Domain domain) {
    return hypervisor
        .checkpoints(domain.uuid())
        .compose(names ->
            Future.join(
                    names.stream()
                        .filter(OwnCheckpoints::isOne)
                        .map(name -> hypervisor.deleteCheckpoint(domain.uuid(), name))
                        .toList())
                .<Void>mapEmpty()
                .recover(e -> {
                  LOG.info("A checkpoint stays: {} [vm: {}]", e.getMessage(), domain.name());
                  return unlessUnavailable(e);
                }));
  }

  private Future<List<DiskConversion>> proveAll(
      ConversionEntry entry,
      ConversionPlan plan,
      List<DiskConversion> proven,
      Map<String, DiskState> states) {
    if (proven.size() == plan.disks().size()) {
      return Future.succeededFuture(List.copyOf(proven));
    }
    return prove(entry, plan.disks().get(proven.size()), states)
        .compose(disk -> {
          proven.add(disk);
          return proveAll(entry, plan, proven, states);
        });
  }

  private Future<DiskConversion> prove(
      ConversionEntry entry, PlannedDisk disk, Map<String, DiskState> states) {
    return rawDisks
        .size(disk.raw())
        .compose(size ->
            rawDisks
                .sha256(disk.raw())
                .compose(before ->
                    prepareImage(entry, disk, size)
                        // Before the last look, so that nothing that is written after it is missed.
                        .compose(v -> rawDisks.states(List.of(disk.source(), disk.image())))
                        .onSuccess(states::putAll)
                        .compose(v -> rawDisks.sha256(disk.raw()))
                        .map(after -> proven(disk, size, before, after))));
  }

  private Future<Void> prepareImage(ConversionEntry entry, PlannedDisk disk, long sizeBytes) {
    return entry.reverts()
        ? images.compare(disk.raw(), disk.metadataImage())
        : images.create(disk.source(), disk.metadataImage(), sizeBytes);
  }

  private static DiskConversion proven(
      PlannedDisk disk, long sizeBytes, String before, String after) {
    if (!before.equals(after)) {
      throw new ConversionRefused(
          disk.raw()
              + " changed while its VM was shut off (SHA-256 "
              + before
              + " before, "
              + after
              + " after): find out who else writes to it, and try again.");
    }
    return new DiskConversion(
        disk.target(),
        disk.source(),
        disk.image(),
        sizeBytes,
        Optional.of(before),
        Optional.of(after));
  }

  /** Edits the definition of this moment, which may have got other changes since the plan. */
  private Future<Void> redefine(
      ConversionEntry entry, List<DiskConversion> disks, boolean withImages) {
    return hypervisor
        .domain(entry.domainUuid())
        .compose(found -> {
          Domain domain =
              found.orElseThrow(() ->
                  new ConversionRefused(
                      "VM " + entry.request().domain() + " is gone from its hypervisor."));
          DomainXml xml = domain.persistentXml();
          for (DiskConversion disk : disks) {
            xml = edit(domain.name(), xml, disk, withImages);
          }
          if (xml.equals(domain.persistentXml())) {
            return Future.succeededFuture();
          }
          return domain.active()
              ? Future.failedFuture(
                  new ConversionRefused(
                      "VM "
                          + domain.name()
                          + " was started by somebody else in the middle of its conversion: shut"
                          + " it down and try again."))
              : hypervisor.define(xml.text());
        });
  }

  private static DomainXml edit(String vm, DomainXml xml, DiskConversion disk, boolean withImages) {
    Optional<Disk> now = xml.disk(disk.target());
    Optional<String> image = now.flatMap(Disk::metadataImage);
    if (!now.flatMap(Disk::dataPath).equals(Optional.of(disk.source()))
        || image.filter(path -> !path.equals(disk.metadataImage())).isPresent()) {
      throw new ConversionRefused(
          "Disk "
              + disk.target()
              + " of VM "
              + vm
              + " was changed in the middle of its conversion: try again.");
    }
    if (image.isPresent() == withImages) {
      return xml;
    }
    return withImages
        ? xml.withMetadataImage(disk.target(), disk.metadataImage())
        : xml.withoutMetadataImage(disk.target());
  }

  private static boolean isChanged(Domain domain, List<DiskConversion> disks, boolean withImages) {
    return disks.stream()
        .allMatch(disk ->
            domain
                .persistentXml()
                .disk(disk.target())
                .filter(now -> now.dataPath().equals(Optional.of(disk.source())))
                .filter(now ->
                    now.metadataImage()
                        .equals(withImages ? Optional.of(disk.metadataImage()) : Optional.empty()))
                .isPresent());
  }

  /** Images that somebody else made are somebody else's to remove; they may be devices. */
  private Future<Void> removeOld(List<DiskConversion> disks) {
    return removeUnused(
            disks.stream()
                .map(disk -> Path.of(disk.metadataImage()))
                .filter(image -> image.startsWith(config.metadata()))
                .toList())
        .recover(e -> {
          LOG.warn("A metadata image that is not used any more stays: {}", e.getMessage());
          return Future.succeededFuture();
        });
  }

  private Future<Void> removeUnused(List<Path> unused) {
    return unused.isEmpty()
        ? Future.succeededFuture()
        : hypervisor
            .domains()
            .compose(domains ->
                images.deleteUnlessUsed(unused, new ImagePlaces(config, domains, List.of())));
  }

  /** Fails with what went wrong, after what was done is undone. */
  private static <T> Future<T> takeBack(Throwable cause, Supplier<Future<Void>> undo) {
    // Nothing can be undone without libvirt, and nothing has to be: it will be done again.
    if (cause instanceof HypervisorException.Unavailable) {
      return Future.failedFuture(cause);
    }
    return undo.get()
        .recover(e -> {
          if (e instanceof HypervisorException.Unavailable) {
            return Future.failedFuture(e);
          }
          LOG.error("A failed conversion could not be taken back", e);
          return Future.failedFuture(
              new ConversionRefused(
                  cause.getMessage() + " It could not be taken back: " + e.getMessage(), cause));
        })
        .compose(v -> Future.failedFuture(cause));
  }

  private static Future<Void> unlessUnavailable(Throwable e) {
    return e instanceof HypervisorException.Unavailable
        ? Future.failedFuture(e)
        : Future.succeededFuture();
  }
}
