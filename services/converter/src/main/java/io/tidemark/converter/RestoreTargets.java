package io.tidemark.converter;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.tidemark.runtime.NotPublishedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.InvalidPathException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files and devices of restores for writing, and puts them in place when they are whole.
 * Confined to one context.
 */
final class RestoreTargets {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreTargets.class);

  /** Ended restores that are remembered, in case their events come again. */
  private static final int HISTORY = 200;

  private final Events events;
  private final UsedPathsSearch usedPaths;
  private final String name;
  private final Journal<RestoreEntry> journal;
  private final RestoreFiles files;
  private final WorkerExecutor workers;
  private final Map<String, RestoreEntry> entries = new LinkedHashMap<>();

  /**
   * @param name the hypervisor's name
   */
  RestoreTargets(
      Vertx vertx, ConverterConfig config, Events events, Hypervisor hypervisor, String name) {
    this.events = events;
    this.usedPaths = new UsedPathsSearch(vertx, hypervisor);
    this.name = name;
    this.journal =
        new Journal<>(vertx, config.stateDirectory().resolve("restores"), RestoreEntry.class);
    this.files = new RestoreFiles(config.sockets(), new WriteRoots(config.restoreRoots()));
    // To make a large file durable takes minutes.
    this.workers = vertx.createSharedWorkerExecutor("tidemark-restore-files", 4, 1, TimeUnit.DAYS);
  }

  /**
   * Takes up what an earlier run left: what was being opened will be asked for again, what was
   * written whole is put in place, and what lost its exports has failed.
   */
  Future<Void> resume() {
    return journal
        .all()
        .compose(all -> {
          entries.putAll(all);
          Future<Void> done = Future.succeededFuture();
          for (RestoreEntry entry : all.values()) {
            done = done.compose(v -> takeUp(entry));
          }
          return done;
        })
        .compose(v -> forgetOldest());
  }

  private Future<Void> takeUp(RestoreEntry entry) {
    return switch (entry.stage()) {
      case RestoreStage.Opening opening -> takeBack(entry);
      case RestoreStage.Open open ->
          block(() -> open.exports().stream().allMatch(NbdExport::running))
              .compose(running ->
                  running
                      ? Future.succeededFuture()
                      : fail(
                          entry,
                          "the exports of the restore ended with the converter or the host:"
                              + " restore again"));
      case RestoreStage.Written written -> putInPlace(entry);
      case RestoreStage.Completed completed -> Future.succeededFuture();
      case RestoreStage.Failed failed -> tell(entry, failed);
    };
  }

  /** Opens the targets; a redelivered request gets the same answer again. */
  Future<Void> prepare(RestoreAccepted accepted) {
    if (!accepted.hypervisor().equals(name)) {
      return Future.succeededFuture();
    }
    return Optional.ofNullable(entries.get(accepted.restoreId()))
        .map(this::answerAgain)
        .orElseGet(() -> open(new RestoreEntry(accepted, new RestoreStage.Opening())));
  }

  /** Closes the exports and puts the files in place. */
  Future<Void> finish(RestoreDataWritten written) {
    Optional<RestoreEntry> known = Optional.ofNullable(entries.get(written.restoreId()));
    if (known.isEmpty()) {
      return Future.succeededFuture();
    }
    RestoreEntry entry = known.get();
    return entry.stage() instanceof RestoreStage.Open open
        ? remember(entry.at(new RestoreStage.Written(open.exports()))).compose(this::putInPlace)
        : answerAgain(entry);
  }

  /** Closes the exports and removes what is half done. */
  Future<Void> giveUp(RestoreFailed failed) {
    return Optional.ofNullable(entries.get(failed.restoreId()))
        .filter(entry -> !entry.ended())
        .map(entry -> discard(entry, new RestoreStage.Failed(failed, true)).<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  /** Ends the exports that are open; the next start says that their restores failed. */
  Future<Void> close() {
    List<RestoreEntry> open =
        entries.values().stream()
            .filter(entry -> entry.stage() instanceof RestoreStage.Open)
            .toList();
    return block(() -> {
      open.forEach(entry -> files.closeExports(entry.accepted()));
      return null;
    });
  }

  private Future<Void> open(RestoreEntry entry) {
    RestoreAccepted accepted = entry.accepted();
    List<RestoreEntry> others = List.copyOf(entries.values());
    return usedPaths
        .search(others)
        .compose(used ->
            block(() -> {
              files.check(accepted, used);
              return null;
            }))
        .compose(v -> remember(entry))
        .compose(v -> block(() -> files.open(accepted)))
        .compose(open -> remember(entry.at(open)).compose(v -> publish(open.ready())))
        .recover(e -> passing(e) ? Future.failedFuture(e) : fail(entry, reason(e)));
  }

  private Future<Void> takeBack(RestoreEntry entry) {
    return block(
            () -> {
              files.discard(entry.accepted());
              return null;
            })
        .compose(v -> forget(entry.id()));
  }

  private Future<Void> putInPlace(RestoreEntry entry) {
    return block(() -> files.complete(entry.accepted()))
        .compose(completed ->
            remember(entry.at(new RestoreStage.Completed(completed)))
                .compose(v -> publish(completed)))
        .recover(e -> passing(e) ? Future.failedFuture(e) : fail(entry, reason(e)));
  }

  private Future<Void> answerAgain(RestoreEntry entry) {
    return switch (entry.stage()) {
      case RestoreStage.Opening opening -> takeBack(entry).compose(v -> open(entry));
      case RestoreStage.Open open -> publish(open.ready());
      case RestoreStage.Written written -> putInPlace(entry);
      case RestoreStage.Completed completed -> publish(completed.event());
      case RestoreStage.Failed failed -> publish(failed.event());
    };
  }

  private Future<Void> fail(RestoreEntry entry, String reason) {
    LOG.warn(
        "A restore failed: {} [vm: {}, restore: {}]",
        reason,
        entry.accepted().domainName(),
        entry.id());
    RestoreStage.Failed failed =
        new RestoreStage.Failed(new RestoreFailed(entry.id(), Optional.of(name), reason), false);
    return discard(entry, failed).compose(discarded -> tell(discarded, failed));
  }

  private Future<Void> tell(RestoreEntry entry, RestoreStage.Failed failed) {
    return failed.told()
        ? Future.succeededFuture()
        : publish(failed.event())
            .compose(v -> remember(entry.at(new RestoreStage.Failed(failed.event(), true))))
            .mapEmpty();
  }

  private Future<RestoreEntry> discard(RestoreEntry entry, RestoreStage.Failed failed) {
    // What was refused before anything was made leaves alone what is there.
    boolean untouched = !entries.containsKey(entry.id());
    return block(
            () -> {
              if (!untouched) {
                files.discard(entry.accepted());
              }
              return null;
            })
        .compose(v -> remember(entry.at(failed)));
  }

  private static String reason(Throwable e) {
    if (e instanceof InvalidPathException invalid) {
      return PathNames.why(invalid);
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Nothing is wrong with the restore itself: the event comes again. */
  private static boolean passing(Throwable e) {
    return e instanceof HypervisorException.Unavailable || e instanceof NotPublishedException;
  }

  private <T> Future<T> block(Callable<T> work) {
    return workers.executeBlocking(work, false);
  }

  private Future<RestoreEntry> remember(RestoreEntry entry) {
    entries.put(entry.id(), entry);
    return journal.put(entry.id(), entry).map(entry);
  }

  private Future<Void> forget(String id) {
    entries.remove(id);
    return journal.remove(id);
  }

  private Future<Void> forgetOldest() {
    List<String> ended =
        entries.values().stream().filter(RestoreEntry::ended).map(RestoreEntry::id).toList();
    Future<Void> forgotten = Future.succeededFuture();
    for (String id : ended.subList(0, Math.max(0, ended.size() - HISTORY))) {
      forgotten = forgotten.compose(v -> forget(id));
    }
    return forgotten;
  }

  private Future<Void> publish(RestoreTargetReady ready) {
    return events.publish(ready.restoreId() + "/target-ready", ready);
  }

  private Future<Void> publish(RestoreCompleted completed) {
    return events.publish(completed.restoreId() + "/completed", completed);
  }

  private Future<Void> publish(RestoreFailed failed) {
    return events.publish(failed.restoreId() + "/failed-on-host", failed);
  }
}
