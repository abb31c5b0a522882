package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backup jobs of one hypervisor: begun, watched and ended, one at a time for each domain. Every
 * one that was begun ends with exactly one {@link BackupJobEnded}, also after this process was
 * killed. Confined to one context.
 */
final class BackupJobs {
  private static final Logger LOG = LoggerFactory.getLogger(BackupJobs.class);

  /** Ended jobs that are remembered, in case their events come again. */
  private static final int HISTORY = 500;

  private final Events events;
  private final String name;
  private final Journal<JobEntry> journal;
  private final JobOpening opening;
  private final JobEnding ending;
  private final JobWatch watch;
  private final Map<String, JobEntry> entries = new LinkedHashMap<>();
  private final FrozenGuests frozen;
  private final Turns turns = new Turns();
  private final Set<String> watched = new HashSet<>();

  private BackupJobs(
      Events events,
      String name,
      Journal<JobEntry> journal,
      FrozenGuests frozen,
      JobOpening opening,
      JobClosing closing) {
    this.events = events;
    this.name = name;
    this.journal = journal;
    this.frozen = frozen;
    this.opening = opening;
    this.ending = closing.ending();
    this.watch = closing.watch();
  }

  /** The two ways in which a job comes to its end: told to, or by itself. */
  private record JobClosing(JobEnding ending, JobWatch watch) {}

  /**
   * @param name the hypervisor's name
   */
  static BackupJobs of(
      Vertx vertx, CheckpointerConfig config, Events events, Hypervisor hypervisor, String name) {
    HostDirectories directories = new HostDirectories(vertx, config.hostDirectory());
    OwnJobs own = new OwnJobs(hypervisor, directories);
    FrozenGuests frozen = new FrozenGuests(vertx, config, hypervisor);
    return new BackupJobs(
        events,
        name,
        new Journal<>(vertx, config.stateDirectory().resolve("backups"), JobEntry.class),
        frozen,
        new JobOpening(
            hypervisor,
            own,
            directories,
            new MetadataHeaders(vertx),
            new Freeze(frozen),
            Clock.systemUTC()),
        new JobClosing(
            new JobEnding(hypervisor, own, directories),
            new JobWatch(hypervisor, own, directories)));
  }

  /**
   * Takes up the jobs of an earlier run: those still open are watched on, those that were being
   * opened are taken back, after the guests that were frozen for them are let go.
   */
  Future<Void> resume() {
    return frozen
        .resume()
        .compose(v -> journal.all())
        .compose(all -> {
          entries.putAll(all);
          Future<Void> done = Future.succeededFuture();
          for (JobEntry entry : all.values()) {
            if (entry.started().isEmpty() && entry.ended().isEmpty()) {
              done =
                  done.compose(v ->
                      end(
                          entry,
                          JobOutcome.LOST,
                          "the checkpointer was restarted while it began the backup: try"
                              + " again"));
            }
          }
          return done;
        });
  }

  /** Begins the job; a redelivered request gets the answer that the first one got. */
  Future<Void> begin(BackupAccepted accepted) {
    if (!accepted.hypervisor().equals(name)) {
      return Future.succeededFuture();
    }
    return turns.take(
        accepted.domainUuid(),
        () ->
            Optional.ofNullable(entries.get(accepted.backupId()))
                .map(this::answerAgain)
                .orElseGet(() -> beginNew(accepted)));
  }

  /**
   * The restore point is sealed: its checkpoint is the base now, and the older ones are not needed
   * any more.
   */
  Future<Void> complete(RestorePointSealed sealed) {
    return endInTurn(sealed.backupId(), JobOutcome.COMPLETED, "");
  }

  /** The backup failed: its checkpoint must not become a base. */
  Future<Void> abort(BackupFailed failed) {
    return endInTurn(failed.backupId(), JobOutcome.ABORTED, failed.reason());
  }

  /**
   * Looks after the open jobs: one whose domain or job is gone has ended by itself. Ends that could
   * not be carried out or told are so now, and guests that could not be thawed are thawed.
   */
  void watch() {
    frozen.watch(turns);
    for (JobEntry entry : List.copyOf(entries.values())) {
      // A hypervisor that doesn't answer must not be asked more and more.
      if (!entry.endTold() && watched.add(entry.id())) {
        lookAfter(entry)
            .onFailure(e -> LOG.debug("A job could not be looked after [{}]", entry.id(), e))
            .onComplete(v -> watched.remove(entry.id()));
      }
    }
  }

  private Future<Void> lookAfter(JobEntry entry) {
    String domain = entry.accepted().domainUuid();
    if (entry.isUntold() || entry.due().isPresent()) {
      return turns.take(domain, () -> close(entry.id()));
    }
    return entry.isOpen()
        ? watch
            .whyLost(entry)
            .compose(reason ->
                reason
                    .map(why -> turns.take(domain, () -> end(entry, JobOutcome.LOST, why)))
                    .orElseGet(Future::succeededFuture))
        : Future.succeededFuture();
  }

  private Future<Void> beginNew(BackupAccepted accepted) {
    Future<Void> free = refuseWhileOpen(accepted.domainUuid());
    JobEntry entry = JobEntry.opening(accepted);
    return remember(entry)
        .compose(v -> free)
        .compose(v -> opening.open(accepted))
        .compose(started -> remember(entry.open(started)).compose(v -> publish(started)))
        .recover(e -> {
          LOG.warn(
              "A backup could not begin: {} [vm: {}, backup: {}]",
              e.getMessage(),
              accepted.domainName(),
              accepted.backupId());
          LOG.debug("Why it could not begin [backup: {}]", accepted.backupId(), e);
          return end(entries.get(accepted.backupId()), JobOutcome.ABORTED, e.getMessage());
        });
  }

  private Future<Void> refuseWhileOpen(String domainUuid) {
    return entries.values().stream()
        .filter(entry -> entry.isOpen() && entry.accepted().domainUuid().equals(domainUuid))
        .findFirst()
        .map(entry ->
            Future.<Void>failedFuture(
                new JobRefused(
                    "backup "
                        + entry.id()
                        + " of VM "
                        + entry.accepted().domainName()
                        + " is still open: wait for it to end, then try again.")))
        .orElseGet(Future::succeededFuture);
  }

  private Future<Void> answerAgain(JobEntry entry) {
    return entry
        .ended()
        .map(this::publish)
        .or(() -> entry.started().map(this::publish))
        .orElseGet(() ->
            end(
                entry,
                JobOutcome.ABORTED,
                "the backup of VM "
                    + entry.accepted().domainName()
                    + " was interrupted while it began: try again"));
  }

  private Future<Void> endInTurn(String backupId, JobOutcome outcome, String reason) {
    return Optional.ofNullable(entries.get(backupId))
        .map(entry -> turns.take(entry.accepted().domainUuid(), () -> end(entry, outcome, reason)))
        .orElseGet(Future::succeededFuture);
  }

  /**
   * Remembers how the job is to end, closes it and says so. Whoever said first how it ends is
   * right. While the hypervisor is away or the job won't end the watch tries on.
   */
  private Future<Void> end(JobEntry entry, JobOutcome outcome, String reason) {
    JobEntry now = entries.get(entry.id());
    Future<Void> decided =
        now.closing().isPresent() || now.ended().isPresent()
            ? Future.succeededFuture()
            : remember(now.closing(outcome, reason));
    return decided
        .compose(v -> close(entry.id()))
        .recover(e -> {
          if (e instanceof HypervisorException) {
            LOG.warn(
                "A backup job is not closed yet, which is tried again: {} [vm: {}, backup: {}]",
                e.getMessage(),
                entry.accepted().domainName(),
                entry.id());
            return Future.succeededFuture();
          }
          return Future.failedFuture(e);
        });
  }

  /** Closes the job as was decided, unless that is done, and sees to it that it is told. */
  private Future<Void> close(String backupId) {
    JobEntry entry = entries.get(backupId);
    return entry
        .due()
        .map(how ->
            ending
                .end(entry, how.outcome(), how.reason())
                .compose(ended -> remember(entry.over(ended))))
        .orElseGet(Future::succeededFuture)
        .compose(v -> tellEnd(backupId))
        .compose(v -> forgetOldest());
  }

  /** Says that a job has ended, unless it is said. */
  private Future<Void> tellEnd(String backupId) {
    JobEntry entry = entries.get(backupId);
    return entry.isUntold()
        ? publish(entry.ended().orElseThrow()).compose(v -> remember(entry.told()))
        : Future.succeededFuture();
  }

  private Future<Void> remember(JobEntry entry) {
    entries.put(entry.id(), entry);
    return journal.put(entry.id(), entry);
  }

  private Future<Void> forgetOldest() {
    List<String> ended =
        entries.values().stream().filter(JobEntry::endTold).map(JobEntry::id).toList();
    Future<Void> forgotten = Future.succeededFuture();
    for (String id : ended.subList(0, Math.max(0, ended.size() - HISTORY))) {
      entries.remove(id);
      forgotten = forgotten.compose(v -> journal.remove(id));
    }
    return forgotten;
  }

  private Future<Void> publish(BackupStarted started) {
    return events.publish(started.backupId() + "/started", started);
  }

  private Future<Void> publish(BackupJobEnded ended) {
    return events.publish(ended.backupId() + "/job-ended", ended);
  }
}
