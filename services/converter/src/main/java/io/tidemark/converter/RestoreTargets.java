package io.tidemark.converter;

import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreCompleted;
import io.tidemark.events.RestoreDataWritten;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreTargetReady;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files and devices of restores for writing, and puts them in place when they are whole.
 */
final class RestoreTargets {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreTargets.class);

  /** Ended restores that are remembered, in case their events come again. */
  private static final int HISTORY = 200;

  private final Vertx vertx;
  private final Events events;
  private final Hypervisor hypervisor;
  private final String name;
  private final Journal<RestoreEntry> journal;
  private final RestoreFiles files;
  private final Map<String, RestoreEntry> entries = new HashMap<>();

  RestoreTargets(
      Vertx vertx, ConverterConfig config, Events events, Hypervisor hypervisor, String name) {
    this.vertx = vertx;
    this.events = events;
    this.hypervisor = hypervisor;
    this.name = name;
    this.journal =
        new Journal<>(vertx, config.stateDirectory().resolve("restores"), RestoreEntry.class);
    this.files = new RestoreFiles(config.sockets());
  }

  /** A restore whose exports died with an earlier run, or with the host, has failed. */
  Future<Void> resume() {
    return journal
        .all()
        .compose(all -> {
          entries.putAll(all);
          return Future.join(
              Stream.concat(
                      Stream.<Future<Void>>of(Future.succeededFuture()),
                      all.values().stream()
                          .filter(entry -> entry.completed().isEmpty())
                          .map(this::checkAlive))
                  .toList());
        })
        .compose(v -> forgetOldest());
  }

  private Future<Void> checkAlive(RestoreEntry entry) {
    boolean alive = entry.exports().stream().allMatch(NbdExport::running);
    return alive
        ? Future.succeededFuture()
        : fail(
            entry.accepted(),
            "the exports of the restore ended with the host or the converter: restore again");
  }

  /** Opens the targets; a redelivered request gets the same answer again. */
  Future<Void> prepare(RestoreAccepted accepted) {
    if (!accepted.hypervisor().equals(name)) {
      return Future.succeededFuture();
    }
    Optional<RestoreEntry> known = Optional.ofNullable(entries.get(accepted.restoreId()));
    if (known.isPresent()) {
      return publishReady(known.get().ready());
    }
    return usedPaths()
        .compose(used -> vertx.executeBlocking(() -> files.open(accepted, used)))
        .compose(this::remember)
        .compose(entry -> publishReady(entry.ready()))
        .recover(e -> refuse(accepted, e));
  }

  /** Closes the exports and puts the files in place. */
  Future<Void> finish(RestoreDataWritten written) {
    Optional<RestoreEntry> known = Optional.ofNullable(entries.get(written.restoreId()));
    if (known.isEmpty()) {
      return Future.succeededFuture();
    }
    RestoreEntry entry = known.get();
    return entry
        .completed()
        .map(this::publishCompleted)
        .orElseGet(() ->
            vertx
                .executeBlocking(() -> files.complete(entry))
                .compose(completed -> remember(entry.completedWith(completed)))
                .compose(done -> publishCompleted(done.completed().orElseThrow()))
                .recover(e -> refuse(entry.accepted(), e)));
  }

  /** Closes the exports and removes what is half done. */
  Future<Void> giveUp(RestoreFailed failed) {
    Optional<RestoreEntry> open =
        Optional.ofNullable(entries.get(failed.restoreId()))
            .filter(entry -> entry.completed().isEmpty());
    return open.map(this::discard).orElseGet(Future::succeededFuture);
  }

  /** Ends the exports that are open; the next start says that their restores failed. */
  Future<Void> close() {
    List<RestoreEntry> open =
        entries.values().stream().filter(entry -> entry.completed().isEmpty()).toList();
    return vertx.executeBlocking(() -> {
      open.forEach(entry -> entry.exports().forEach(NbdExport::stop));
      return null;
    });
  }

  private Future<Void> discard(RestoreEntry entry) {
    String id = entry.accepted().restoreId();
    return vertx
        .<Void>executeBlocking(() -> {
          files.discard(entry);
          return null;
        })
        .compose(v -> {
          entries.remove(id);
          return journal.remove(id);
        });
  }

  private Future<RestoreEntry> remember(RestoreEntry entry) {
    String id = entry.accepted().restoreId();
    entries.put(id, entry);
    return journal.put(id, entry).map(entry);
  }

  private Future<Void> forgetOldest() {
    List<String> ended =
        entries.values().stream()
            .filter(entry -> entry.completed().isPresent())
            .map(entry -> entry.accepted().restoreId())
            .toList();
    Future<Void> forgotten = Future.succeededFuture();
    for (String id : ended.subList(0, Math.max(0, ended.size() - HISTORY))) {
      entries.remove(id);
      forgotten = forgotten.compose(v -> journal.remove(id));
    }
    return forgotten;
  }

  /** Every file and device that a domain of this hypervisor uses, by real path. */
  private Future<Map<Path, String>> usedPaths() {
    return hypervisor.domains().compose(domains -> vertx.executeBlocking(() -> usedPaths(domains)));
  }

  private static Map<Path, String> usedPaths(List<Domain> domains) {
    Map<Path, String> used = new HashMap<>();
    for (Domain domain : domains) {
      Set<String> paths = new HashSet<>();
      Stream.concat(
              domain.persistentXml().disks().stream(),
              domain.liveXml().stream().flatMap(xml -> xml.disks().stream()))
          .forEach(disk -> {
            disk.source().ifPresent(paths::add);
            disk.dataPath().ifPresent(paths::add);
          });
      paths.forEach(path -> used.put(TargetFile.real(Path.of(path)), domain.name()));
    }
    return used;
  }

  private Future<Void> publishReady(RestoreTargetReady ready) {
    return events.publish(ready.restoreId() + "/target-ready", ready);
  }

  private Future<Void> publishCompleted(RestoreCompleted completed) {
    return events.publish(completed.restoreId() + "/completed", completed);
  }

  private Future<Void> refuse(RestoreAccepted accepted, Throwable e) {
    LOG.warn(
        "A restore failed [vm: {}, restore: {}]", accepted.domainName(), accepted.restoreId(), e);
    return fail(accepted, e.getMessage());
  }

  private Future<Void> fail(RestoreAccepted accepted, String reason) {
    Optional<RestoreEntry> entry = Optional.ofNullable(entries.get(accepted.restoreId()));
    return entry
        .map(this::discard)
        .orElseGet(Future::succeededFuture)
        .compose(v ->
            events.publish(
                accepted.restoreId() + "/failed-on-host",
                new RestoreFailed(accepted.restoreId(), Optional.of(name), reason)));
  }
}
