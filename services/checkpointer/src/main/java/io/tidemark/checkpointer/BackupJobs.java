package io.tidemark.checkpointer;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
  private final Map<String, Future<Void>> lastOfDomain = new HashMap<>();

  private BackupJobs(
      Events events,
      String name,
      Journal<JobEntry> journal,
      JobOpening opening,
      JobClosing closing) {
    this.events = events;
    this.name = name;
    this.journal = journal;
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
    return new BackupJobs(
        events,
        name,
        new Journal<>(vertx, config.stateDirectory().resolve("backups"), JobEntry.class),
        new JobOpening(
            hypervisor,
            directories,
            new MetadataHeaders(vertx),
            new Freeze(hypervisor, config.freezePatience()),
            Clock.systemUTC()),
        new JobClosing(
            new JobEnding(hypervisor, directories), new JobWatch(hypervisor, directories)));
  }

  /**
   * Takes up the jobs of an earlier run: those still open are watched on, those that were being
   * opened are taken back.
   */
  Future<Void> resume() {
    return journal
        .all()
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
    return inTurn(
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
   * Looks after the open jobs: one whose domain or job is gone has ended by itself. What could not
   * be said of the ended ones is said now.
   */
  void watch() {
    for (JobEntry entry : List.copyOf(entries.values())) {
      if (entry.isUntold()) {
        inTurn(entry.accepted().domainUuid(), () -> tellEnd(entry.id()))
            .onFailure(e -> LOG.debug("An end could not be told [{}]", entry.id(), e));
      } else if (entry.isOpen()) {
        watch
            .whyLost(entry)
            .compose(reason ->
                reason
                    .map(why ->
                        inTurn(
                            entry.accepted().domainUuid(), () -> end(entry, JobOutcome.LOST, why)))
                    .orElseGet(Future::succeededFuture))
            .onFailure(e -> LOG.debug("A job could not be looked at [{}]", entry.id(), e));
      }
    }
  }

  private Optional<JobEntry> openEntry(String backupId) {
    return Optional.ofNullable(entries.get(backupId)).filter(entry -> entry.ended().isEmpty());
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
              "A backup could not begin [vm: {}, backup: {}]",
              accepted.domainName(),
              accepted.backupId(),
              e);
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
                "the hypervisor of VM "
                    + entry.accepted().domainName()
                    + " could not be reached while its backup began: try again"));
  }

  private Future<Void> endInTurn(String backupId, JobOutcome outcome, String reason) {
    return Optional.ofNullable(entries.get(backupId))
        .map(entry -> inTurn(entry.accepted().domainUuid(), () -> end(entry, outcome, reason)))
        .orElseGet(Future::succeededFuture);
  }

  /** Closes the job and says so; if it has been closed meanwhile, sees to it that it is said. */
  private Future<Void> end(JobEntry entry, JobOutcome outcome, String reason) {
    if (openEntry(entry.id()).isEmpty()) {
      return tellEnd(entry.id());
    }
    return ending
        .end(entries.get(entry.id()), outcome, reason)
        .compose(ended -> remember(entries.get(entry.id()).over(ended)))
        .compose(v -> tellEnd(entry.id()))
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

  /** libvirt blocks for half a minute when two jobs of a domain meet: they don't. */
  private Future<Void> inTurn(String domainUuid, Supplier<Future<Void>> action) {
    Future<Void> before = lastOfDomain.getOrDefault(domainUuid, Future.succeededFuture());
    Future<Void> mine = before.transform(v -> action.get());
    lastOfDomain.put(domainUuid, mine);
    return mine;
  }
}
