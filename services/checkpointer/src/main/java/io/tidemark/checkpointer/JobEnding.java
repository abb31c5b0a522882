package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.JobOutcome;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a backup job and settles its checkpoints: after a sealed point only its own stays, after
 * anything else only the others. Foreign checkpoints are never touched.
 */
final class JobEnding {
  private static final Logger LOG = LoggerFactory.getLogger(JobEnding.class);

  private final Hypervisor hypervisor;
  private final OwnJobs jobs;
  private final HostDirectories directories;

  JobEnding(Hypervisor hypervisor, OwnJobs jobs, HostDirectories directories) {
    this.hypervisor = hypervisor;
    this.jobs = jobs;
    this.directories = directories;
  }

  /**
   * Fails only while the hypervisor can't be reached or the job may still be there, with a {@link
   * HypervisorException}, and can then be done again. Until then QEMU uses the socket and the
   * scratch files, and nothing is removed.
   */
  Future<BackupJobEnded> end(JobEntry entry, JobOutcome outcome, String reason) {
    BackupAccepted accepted = entry.accepted();
    return jobs.end(accepted.domainUuid(), accepted.backupId())
        .compose(v -> checkpoints(accepted.domainUuid()))
        .compose(there ->
            remove(accepted.domainUuid(), toRemove(entry, outcome, there))
                .map(removed ->
                    new BackupJobEnded(
                        accepted.backupId(),
                        accepted.hypervisor(),
                        accepted.domainUuid(),
                        outcome,
                        kept(there, removed),
                        removed,
                        reason)))
        .compose(ended -> directories.clean(accepted.backupId()).map(ended));
  }

  private Future<List<String>> checkpoints(String uuid) {
    return hypervisor
        .checkpoints(uuid)
        .recover(e ->
            e instanceof HypervisorException.Unavailable
                ? Future.failedFuture(e)
                : Future.succeededFuture(List.of()));
  }

  private static List<String> toRemove(JobEntry entry, JobOutcome outcome, List<String> there) {
    if (outcome == JobOutcome.LOST && entry.started().isPresent()) {
      // Its point may have been sealed meanwhile, and then the next backup builds on this
      // checkpoint;
      // if not, the next backup takes it away.
      return List.of();
    }
    // By name, not by what was published: a job that was being begun may have left one, too.
    boolean keepOwn = outcome == JobOutcome.COMPLETED;
    return there.stream()
        .filter(CheckpointNames::isOwn)
        .filter(name -> isOf(entry, name) != keepOwn)
        .toList();
  }

  /** An earlier version named checkpoints otherwise: what was published of it counts, too. */
  private static boolean isOf(JobEntry entry, String checkpoint) {
    return CheckpointNames.isOf(entry.id(), checkpoint)
        || entry
            .started()
            .flatMap(BackupStarted::checkpoint)
            .filter(checkpoint::equals)
            .isPresent();
  }

  private Future<List<String>> remove(String uuid, List<String> names) {
    List<String> removed = new ArrayList<>();
    Future<Void> done = Future.succeededFuture();
    for (String name : names) {
      done =
          done.compose(v -> hypervisor.deleteCheckpoint(uuid, name))
              .onSuccess(v -> removed.add(name))
              .recover(e -> {
                // Not while the domain is off: the end of the next backup removes it.
                LOG.info("Checkpoint {} stays for now: {}", name, e.getMessage());
                return unlessUnavailable(e);
              });
    }
    return done.map(v -> List.copyOf(removed));
  }

  private static List<String> kept(List<String> there, List<String> removed) {
    return there.stream()
        .filter(CheckpointNames::isOwn)
        .filter(name -> !removed.contains(name))
        .toList();
  }

  private static Future<Void> unlessUnavailable(Throwable e) {
    return e instanceof HypervisorException.Unavailable
        ? Future.failedFuture(e)
        : Future.succeededFuture();
  }
}
