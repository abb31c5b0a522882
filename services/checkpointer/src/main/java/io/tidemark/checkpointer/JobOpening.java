package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.ParentPoint;
import io.tidemark.hypervisor.BackupXml;
import io.tidemark.hypervisor.CheckpointXml;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a backup job: plans the disks, freezes, begins, and where a bitmap turns out broken begins
 * again with that disk read whole.
 */
final class JobOpening {
  private static final Logger LOG = LoggerFactory.getLogger(JobOpening.class);

  private final Hypervisor hypervisor;
  private final OwnJobs jobs;
  private final HostDirectories directories;
  private final MetadataHeaders headers;
  private final Freeze freeze;
  private final Clock clock;

  JobOpening(
      Hypervisor hypervisor,
      OwnJobs jobs,
      HostDirectories directories,
      MetadataHeaders headers,
      Freeze freeze,
      Clock clock) {
    this.hypervisor = hypervisor;
    this.jobs = jobs;
    this.directories = directories;
    this.headers = headers;
    this.freeze = freeze;
    this.clock = clock;
  }

  /** One attempt to begin: what stays the same from one to the next. */
  private record Attempt(BackupAccepted accepted, Domain domain, int number) {
    String checkpoint(Instant instant) {
      return CheckpointNames.of(accepted.backupId(), instant, number);
    }

    Attempt next() {
      return new Attempt(accepted, domain, number + 1);
    }
  }

  /**
   * Fails with {@link JobRefused} or {@link HypervisorException}, and then has left no job and no
   * checkpoint.
   */
  Future<BackupStarted> open(BackupAccepted accepted) {
    return directories
        .make()
        .compose(v -> directories.clean(accepted.backupId()))
        .compose(v -> runningDomain(accepted))
        .compose(domain ->
            hypervisor
                .checkpoints(domain.uuid())
                .compose(checkpoints -> removeStale(accepted, checkpoints).map(checkpoints))
                .map(checkpoints -> DiskModes.plan(accepted, domain, checkpoints))
                .compose(this::distrustForeignData)
                .compose(disks -> begin(new Attempt(accepted, domain, 0), disks)));
  }

  /** Jobs that were lost leave checkpoints, each of which costs every write of the guest. */
  private Future<Void> removeStale(BackupAccepted accepted, List<String> checkpoints) {
    Optional<String> base = accepted.parent().flatMap(ParentPoint::checkpoint);
    if (base.filter(checkpoints::contains).isEmpty()) {
      return Future.succeededFuture();
    }
    return Future.join(
            checkpoints.stream()
                .filter(name -> CheckpointNames.isOwn(name) && !name.equals(base.get()))
                .map(name -> hypervisor.deleteCheckpoint(accepted.domainUuid(), name))
                .toList())
        .<Void>mapEmpty()
        .recover(e -> {
          LOG.info("A stale checkpoint stays for now: {}", e.getMessage());
          return Future.succeededFuture();
        });
  }

  private Future<Domain> runningDomain(BackupAccepted accepted) {
    return hypervisor
        .domain(accepted.domainUuid())
        .map(found -> {
          Domain domain =
              found.orElseThrow(() ->
                  new JobRefused("VM " + accepted.domainName() + " is gone from its hypervisor."));
          if (!domain.active()) {
            throw new JobRefused(
                "VM "
                    + domain.name()
                    + " is shut off: libvirt can only back up a running VM; start it and try"
                    + " again.");
          }
          return domain;
        })
        .compose(domain -> jobs.endOrphan(domain).map(domain));
  }

  private Future<List<PlannedDisk>> distrustForeignData(List<PlannedDisk> disks) {
    return Future.all(
            disks.stream()
                .map(disk ->
                    disk.incremental()
                        ? headers
                            .whyDoubted(disk.disk())
                            .map(why -> why.map(disk::full).orElse(disk))
                        : Future.succeededFuture(disk))
                .toList())
        .map(all -> all.list());
  }

  private Future<BackupStarted> begin(Attempt attempt, List<PlannedDisk> disks) {
    Instant instant = clock.instant();
    Optional<String> checkpoint =
        disks.stream().anyMatch(PlannedDisk::keepsBitmap)
            ? Optional.of(attempt.checkpoint(instant))
            : Optional.empty();
    Domain domain = attempt.domain();
    return freeze
        .around(
            domain,
            () ->
                hypervisor.beginBackup(
                    domain.uuid(),
                    backupXml(attempt, disks).toXml(),
                    checkpoint.map(name -> checkpointXml(domain, name, disks).toXml())))
        .compose(consistency -> describe(attempt, disks, checkpoint, consistency, instant))
        .recover(e -> takeBack(attempt, checkpoint).compose(v -> tryAgain(attempt, disks, e)));
  }

  private Future<BackupStarted> tryAgain(Attempt attempt, List<PlannedDisk> disks, Throwable e) {
    boolean anyIncremental = disks.stream().anyMatch(PlannedDisk::incremental);
    if (!(e instanceof HypervisorException.CheckpointBroken broken) || !anyIncremental) {
      return Future.failedFuture(e);
    }
    LOG.warn(
        "A dirty bitmap can't be used: {} [vm: {}, backup: {}]",
        e.getMessage(),
        attempt.domain().name(),
        attempt.accepted().backupId());
    boolean named =
        disks.stream().anyMatch(d -> d.incremental() && d.target().equals(broken.target()));
    List<PlannedDisk> without =
        disks.stream()
            .map(disk ->
                disk.incremental() && (!named || disk.target().equals(broken.target()))
                    ? disk.full(DiskModes.BROKEN_BITMAP)
                    : disk)
            .toList();
    // A scratch file that is used again would answer with old data.
    return directories
        .clean(attempt.accepted().backupId())
        .compose(v -> begin(attempt.next(), without));
  }

  /**
   * A begin that fails may leave its checkpoint, or even the job; it may as well have failed for
   * the job that another program began meanwhile.
   */
  private Future<Void> takeBack(Attempt attempt, Optional<String> checkpoint) {
    Domain domain = attempt.domain();
    return jobs.end(domain.uuid(), attempt.accepted().backupId())
        .transform(v ->
            checkpoint
                .map(name -> hypervisor.deleteCheckpoint(domain.uuid(), name))
                .orElseGet(Future::succeededFuture))
        .recover(e -> {
          LOG.warn("After a failed begin: {} [vm: {}]", e.getMessage(), domain.name());
          return Future.succeededFuture();
        });
  }

  private BackupXml backupXml(Attempt attempt, List<PlannedDisk> disks) {
    String backupId = attempt.accepted().backupId();
    Map<String, PlannedDisk> planned = new HashMap<>();
    disks.forEach(disk -> planned.put(disk.target(), disk));
    Optional<String> parent = attempt.accepted().parent().flatMap(ParentPoint::checkpoint);
    return new BackupXml(
        directories.socket(backupId),
        attempt.domain().currentXml().disks().stream()
            .map(disk ->
                planned.containsKey(disk.target())
                    ? new BackupXml.Disk(
                        disk.target(),
                        true,
                        planned.get(disk.target()).incremental() ? parent : Optional.empty(),
                        disk.target(),
                        bitmap(disk.target()),
                        directories.scratch(backupId, disk.target()))
                    : BackupXml.Disk.leftOut(disk.target()))
            .toList());
  }

  private static CheckpointXml checkpointXml(Domain domain, String name, List<PlannedDisk> disks) {
    Map<String, Boolean> covered = new HashMap<>();
    domain.currentXml().disks().forEach(disk -> covered.put(disk.target(), false));
    disks.forEach(disk -> covered.put(disk.target(), disk.keepsBitmap()));
    return new CheckpointXml(name, covered);
  }

  private Future<BackupStarted> describe(
      Attempt attempt,
      List<PlannedDisk> disks,
      Optional<String> checkpoint,
      Consistency consistency,
      Instant instant) {
    BackupAccepted accepted = attempt.accepted();
    return Future.all(disks.stream().map(disk -> describe(attempt, disk)).toList())
        .map(all ->
            new BackupStarted(
                accepted.backupId(),
                accepted.hypervisor(),
                accepted.domainUuid(),
                accepted.domainName(),
                checkpoint,
                accepted.parent().map(ParentPoint::pointId),
                consistency,
                instant,
                attempt.domain().persistentXml().text(),
                all.list()));
  }

  private Future<BackupDisk> describe(Attempt attempt, PlannedDisk disk) {
    String socket =
        URLEncoder.encode(
                directories.socket(attempt.accepted().backupId()).toString(),
                StandardCharsets.UTF_8)
            .replace("+", "%20");
    return hypervisor
        .diskSizeBytes(attempt.domain().uuid(), disk.target())
        .map(size ->
            new BackupDisk(
                disk.target(),
                disk.disk().dataPath().orElse(""),
                disk.disk().dataStore().isPresent() ? "raw" : disk.disk().format(),
                size,
                "nbd+unix:///" + disk.target() + "?socket=" + socket,
                disk.incremental()
                    ? Optional.of("qemu:dirty-bitmap:" + bitmap(disk.target()))
                    : Optional.empty(),
                disk.mode(),
                disk.reason(),
                disk.keepsBitmap(),
                disk.parent()));
  }

  private static String bitmap(String target) {
    return "backup-" + target;
  }
}
