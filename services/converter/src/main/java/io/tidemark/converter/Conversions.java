package io.tidemark.converter;

import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionEvent;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.hypervisor.HypervisorException;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.tidemark.runtime.NotPublishedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.InvalidPathException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Conversions from the request to the event that ends them. Recorded first, then run beside the
 * consumer, since one may read terabytes: stage by stage, each remembered before the next begins.
 * Confined to one context.
 */
final class Conversions {
  private static final Logger LOG = LoggerFactory.getLogger(Conversions.class);

  /** Ended conversions that are remembered, in case their requests come again. */
  private static final int HISTORY = 200;

  private static final long RETRY_MILLIS = 2_000;
  private static final long STOP_PATIENCE_MILLIS = 10_000;

  private final Vertx vertx;
  private final ConverterConfig config;
  private final Events events;
  private final Hypervisor hypervisor;
  private final Journal<ConversionEntry> journal;
  private final RawDisks rawDisks;
  private final ConversionSteps steps;
  private final Map<String, ConversionEntry> entries = new LinkedHashMap<>();
  private final Map<String, Future<Void>> lastOfDomain = new HashMap<>();
  private boolean stopping;

  Conversions(Vertx vertx, ConverterConfig config, Events events, Hypervisor hypervisor) {
    this.vertx = vertx;
    this.config = config;
    this.events = events;
    this.hypervisor = hypervisor;
    this.journal =
        new Journal<>(vertx, config.stateDirectory().resolve("conversions"), ConversionEntry.class);
    this.rawDisks = new RawDisks(vertx);
    this.steps = new ConversionSteps(config, hypervisor, new MetadataImages(vertx), rawDisks);
  }

  /** Takes up what a killed process left. */
  Future<Void> resume() {
    return journal
        .all()
        .map(all -> {
          for (ConversionEntry entry : all.values()) {
            if (entries.putIfAbsent(entry.id(), entry) == null && !entry.told()) {
              enqueue(entry);
            }
          }
          return null;
        });
  }

  /** Completes when the request is remembered; a domain that isn't here is somebody else's. */
  Future<Void> record(ConversionRequested request) {
    Optional<ConversionEntry> known = Optional.ofNullable(entries.get(request.conversionId()));
    if (known.isPresent()) {
      return known.get().told() && known.get().stage() instanceof ConversionStage.Ended ended
          ? publish(ended.event())
          : Future.succeededFuture();
    }
    return hypervisor
        .domain(request.domain())
        .compose(domain ->
            domain.isEmpty()
                ? Future.succeededFuture()
                : remember(ConversionEntry.asked(request, domain.get().uuid()))
                    .onSuccess(this::enqueue)
                    .mapEmpty());
  }

  /** Stops where the next start can go on, without waiting long. */
  Future<Void> close() {
    stopping = true;
    rawDisks.close();
    return Future.any(
            Future.join(List.copyOf(lastOfDomain.values())), vertx.timer(STOP_PATIENCE_MILLIS))
        .transform(v -> Future.succeededFuture());
  }

  /** One after the other: two conversions of one domain must not meet. */
  private void enqueue(ConversionEntry entry) {
    lastOfDomain.put(
        entry.domainUuid(),
        lastOfDomain
            .getOrDefault(entry.domainUuid(), Future.succeededFuture())
            .transform(before -> advance(entry))
            .onFailure(e -> LOG.error("A conversion is left for the next start", e)));
  }

  private Future<Void> advance(ConversionEntry entry) {
    if (entry.told() || stopping) {
      return forgetOldest();
    }
    return next(entry)
        .compose(this::remember)
        .recover(e -> {
          if (stopping || !passing(e)) {
            return Future.failedFuture(e);
          }
          LOG.warn("A conversion waits: {} [vm: {}]", e.getMessage(), entry.request().domain());
          return vertx.timer(RETRY_MILLIS).map(v -> latest(entry));
        })
        .compose(this::advance);
  }

  private Future<ConversionEntry> next(ConversionEntry entry) {
    return switch (entry.stage()) {
      case ConversionStage.Asked asked -> begin(entry).recover(e -> failed(latest(entry), e));
      case ConversionStage.Proven proven -> goOn(entry, proven).recover(e -> failed(entry, e));
      case ConversionStage.Ended ended -> publish(ended.event()).map(v -> entry.afterTelling());
    };
  }

  /** As it was remembered last: a step that failed may have remembered something. */
  private ConversionEntry latest(ConversionEntry entry) {
    return entries.get(entry.id());
  }

  private Future<ConversionEntry> begin(ConversionEntry entry) {
    return plan(entry)
        .compose(plan ->
            describe(plan)
                .compose(planned ->
                    entry.request().mode() == ConversionMode.PLAN
                        ? Future.succeededFuture(entry.at(new ConversionStage.Planned(planned)))
                        : publish(planned).compose(v -> carryOut(entry, plan))));
  }

  private Future<ConversionEntry> carryOut(ConversionEntry entry, ConversionPlan plan) {
    return steps
        .removeLeftovers(entry)
        .compose(v ->
            plan.nothingToDo()
                ? steps.startAgain(entry).compose(on -> done(entry, List.of(), false))
                : take(entry, plan).compose(begun -> prove(begun, plan)));
  }

  /** Remembers what has to be undone, whatever happens from here on. */
  private Future<ConversionEntry> take(ConversionEntry entry, ConversionPlan plan) {
    return steps
        .refuseIfInUse(entry, plan.domain())
        .compose(v -> remember(entry.beginning(plan)))
        .compose(begun ->
            steps
                .claimImages(begun)
                .recover(e -> remember(begun.withoutImages()).compose(v -> Future.failedFuture(e)))
                .map(begun));
  }

  private Future<ConversionEntry> prove(ConversionEntry entry, ConversionPlan plan) {
    return steps.prove(entry, plan).map(entry::at);
  }

  private Future<ConversionEntry> goOn(ConversionEntry entry, ConversionStage.Proven proven) {
    return steps
        .holds(entry, proven)
        .compose(holds -> {
          if (!holds) {
            LOG.info(
                "A conversion begins again: its VM or its disks were used since they were looked at"
                    + " [vm: {}, conversion: {}]",
                entry.request().domain(),
                entry.id());
            return Future.succeededFuture(entry.at(new ConversionStage.Asked()));
          }
          return steps
              .change(entry, proven.disks())
              .compose(v -> done(entry, proven.disks(), entry.wasRunning()));
        });
  }

  private Future<ConversionPlan> plan(ConversionEntry entry) {
    return Future.all(
            hypervisor.domain(entry.domainUuid()), hypervisor.libVersion(), hypervisor.domains())
        .compose(all -> {
          Domain domain =
              all.<Optional<Domain>>resultAt(0)
                  .orElseThrow(() ->
                      new ConversionRefused("There is no VM '" + entry.request().domain() + "'."));
          long version = all.<Long>resultAt(1);
          ImagePlaces places = new ImagePlaces(config, all.resultAt(2), entry.made());
          return vertx.executeBlocking(
              () -> ConversionPlan.of(entry.request(), domain, version, places), false);
        });
  }

  private Future<ConversionPlanned> describe(ConversionPlan plan) {
    return Future.all(hypervisor.name(), sizes(plan))
        .map(all -> plan.toEvent(all.resultAt(0), all.resultAt(1)));
  }

  private Future<Map<String, Long>> sizes(ConversionPlan plan) {
    return Future.all(plan.disks().stream().map(disk -> rawDisks.size(disk.raw())).toList())
        .map(all ->
            IntStream.range(0, plan.disks().size())
                .boxed()
                .collect(
                    Collectors.toMap(
                        i -> plan.disks().get(i).target(), i -> all.<Long>resultAt(i))));
  }

  private Future<ConversionEntry> done(
      ConversionEntry entry, List<DiskConversion> disks, boolean restarted) {
    return Future.all(hypervisor.name(), hypervisor.domain(entry.domainUuid()))
        .map(all -> {
          String name = all.resultAt(0);
          String vm =
              all.<Optional<Domain>>resultAt(1).map(Domain::name).orElse(entry.request().domain());
          return entry.at(
              entry.reverts()
                  ? new ConversionStage.Reverted(
                      new ConversionReverted(
                          entry.id(), name, entry.domainUuid(), vm, disks, restarted))
                  : new ConversionStage.Applied(
                      new ConversionApplied(
                          entry.id(), name, entry.domainUuid(), vm, disks, restarted)));
        });
  }

  /** However it failed: what it made goes, and a domain that it shut down runs again. */
  private Future<ConversionEntry> failed(ConversionEntry entry, Throwable e) {
    if (stopping || passing(e)) {
      return Future.failedFuture(e);
    }
    String vm = entry.request().domain();
    LOG.warn("A conversion failed: {} [vm: {}, conversion: {}]", reason(e), vm, entry.id());
    LOG.debug("Why it failed [conversion: {}]", entry.id(), e);
    return steps
        .startAgain(entry)
        .eventually(() -> steps.removeLeftovers(entry))
        .map(v -> reason(e))
        .recover(undo -> {
          if (passing(undo)) {
            return Future.failedFuture(undo);
          }
          LOG.error("A failed conversion could not be taken back", undo);
          return Future.succeededFuture(reason(e) + " It could not be taken back: " + reason(undo));
        })
        .map(reason ->
            entry.at(new ConversionStage.Failed(new ConversionFailed(entry.id(), vm, reason))));
  }

  private static String reason(Throwable e) {
    if (e instanceof InvalidPathException invalid) {
      return PathNames.why(invalid);
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** Nothing is wrong with the conversion itself. */
  private static boolean passing(Throwable e) {
    return e instanceof HypervisorException.Unavailable || e instanceof NotPublishedException;
  }

  private Future<Void> publish(ConversionEvent event) {
    String what =
        switch (event) {
          case ConversionPlanned planned -> "/planned";
          case ConversionFailed failed -> "/failed";
          case ConversionApplied applied -> "/done";
          case ConversionReverted reverted -> "/done";
          case ConversionRequested requested -> throw new IllegalArgumentException("not an answer");
        };
    return events.publish(event.conversionId() + what, event);
  }

  private Future<ConversionEntry> remember(ConversionEntry entry) {
    entries.put(entry.id(), entry);
    return journal.put(entry.id(), entry).map(entry);
  }

  private Future<Void> forgetOldest() {
    List<String> ended =
        entries.values().stream().filter(ConversionEntry::told).map(ConversionEntry::id).toList();
    Future<Void> forgotten = Future.succeededFuture();
    for (String id : ended.subList(0, Math.max(0, ended.size() - HISTORY))) {
      entries.remove(id);
      forgotten = forgotten.compose(v -> journal.remove(id));
    }
    return forgotten;
  }
}
