package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.JobKind;
import io.tidemark.events.RestoreShardPlanned;
import io.tidemark.events.ShardEvent;
import io.tidemark.events.ShardFailed;
import io.tidemark.nbd.NbdException;
import io.tidemark.repository.DamagedDataException;
import io.tidemark.repository.RepositoryException;
import io.tidemark.repository.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells failures that may pass from those that won't, and says them in a sentence. */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  /** Whether trying again soon may help: connections break and file servers stumble. */
  static boolean mayPass(Throwable failure) {
    return switch (failure) {
      case NbdException.Unreachable e -> true;
      case NbdException.Closed e -> true;
      case NbdException.TimedOut e -> true;
      case StorageException e -> true;
      case UnreadableBlockException e -> e.getCause() instanceof StorageException;
      default -> false;
    };
  }

  /** The event that says that a shard can't be done; logs it, too. */
  static ShardFailed shard(ShardEvent shard, JobKind job, String worker, Throwable failure) {
    String what =
        switch (shard) {
          case BackupShardPlanned planned -> backup(planned.disk());
          case RestoreShardPlanned planned ->
              "Disk "
                  + planned.target()
                  + " could not be restored to "
                  + planned.restoreTarget().disk().path();
          case ShardFailed failed -> "Disk " + failed.target();
        };
    return event(shard.jobId(), job, shard.target(), shard.index(), worker, what, failure);
  }

  /** The event that says that a disk can't be surveyed; logs it, too. */
  static ShardFailed survey(String backupId, BackupDisk disk, String worker, Throwable failure) {
    return event(backupId, JobKind.BACKUP, disk.target(), -1, worker, backup(disk), failure);
  }

  private static String backup(BackupDisk disk) {
    return "Disk " + disk.target() + " (" + disk.source() + ") could not be backed up";
  }

  private static ShardFailed event(
      String jobId,
      JobKind job,
      String target,
      int index,
      String worker,
      String what,
      Throwable failure) {
    String reason = what + ": " + because(failure, job);
    if (isForeseen(failure)) {
      LOG.error("{} [job: {}, disk: {}, shard: {}]", reason, jobId, target, index);
    } else {
      LOG.error("{} [job: {}, disk: {}, shard: {}]", reason, jobId, target, index, failure);
    }
    return new ShardFailed(jobId, job, target, index, worker, reason);
  }

  private static String because(Throwable failure, JobKind job) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case DamagedDataException e when job == JobKind.BACKUP ->
          "its parent restore point can't be compared with: "
              + message
              + " Or back the VM up with kind full.";
      case NbdException e when job == JobKind.BACKUP ->
          sentence(message)
              + " Check that the VM and its backup job still run, then back it up again.";
      case NbdException e ->
          sentence(message)
              + " Check the target and its export on the hypervisor, then restore again.";
      default -> message;
    };
  }

  private static String sentence(String text) {
    return text.matches("(?s).*[.?!]") ? text : text + ".";
  }

  private static boolean isForeseen(Throwable failure) {
    return failure instanceof NbdException
        || failure instanceof RepositoryException
        || failure instanceof UnreadableBlockException
        || failure instanceof WrongExportException;
  }
}
