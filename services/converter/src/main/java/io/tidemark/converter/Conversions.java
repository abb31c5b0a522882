package io.tidemark.converter;

import io.tidemark.converter.ConversionPlan.PlannedDisk;
import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.DiskConversion;
import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.Hypervisor;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.Journal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Conversions from the request to the event that ends them. Recorded first, then run beside the
 * consumer: a conversion may read terabytes.
 */
final class Conversions {
  private static final Logger LOG = LoggerFactory.getLogger(Conversions.class);

  /**
   * What is remembered of a conversion that isn't over.
   *
   * @param wasRunning the domain is to run again afterwards
   */
  record Entry(ConversionRequested request, boolean wasRunning) {}

  private final ConverterConfig config;
  private final Events events;
  private final Hypervisor hypervisor;
  private final String name;
  private final Journal<Entry> journal;
  private final ConversionSteps steps;
  private Future<Void> last = Future.succeededFuture();

  Conversions(
      Vertx vertx, ConverterConfig config, Events events, Hypervisor hypervisor, String name) {
    this.config = config;
    this.events = events;
    this.hypervisor = hypervisor;
    this.name = name;
    this.journal =
        new Journal<>(vertx, config.stateDirectory().resolve("conversions"), Entry.class);
    this.steps =
        new ConversionSteps(
            hypervisor, new MetadataImages(vertx), new RawHash(vertx), config.shutdownPatience());
  }

  /** Takes up what a killed process left: every step can be done again. */
  Future<Void> resume() {
    return journal.all().onSuccess(this::runAll).mapEmpty();
  }

  private void runAll(Map<String, Entry> entries) {
    entries
        .values()
        .forEach(entry -> {
          LOG.info("Taking up a conversion again [conversion: {}]", entry.request());
          enqueue(entry);
        });
  }

  /** Completes when the request is remembered; a domain that isn't here is somebody else's. */
  Future<Void> record(ConversionRequested request) {
    return hypervisor
        .domain(request.domain())
        .compose(domain ->
            domain.isEmpty() ? Future.succeededFuture() : remember(request, domain.get()));
  }

  private Future<Void> remember(ConversionRequested request, Domain domain) {
    Entry entry = new Entry(request, domain.active());
    return journal.put(request.conversionId(), entry).onSuccess(v -> enqueue(entry));
  }

  /** One after the other: two conversions of one domain must not meet. */
  private void enqueue(Entry entry) {
    last = last.transform(before -> run(entry));
  }

  private Future<Void> run(Entry entry) {
    ConversionRequested request = entry.request();
    return plan(request)
        .compose(plan -> carryOut(plan, entry))
        .recover(e -> fail(request, e))
        .compose(v -> journal.remove(request.conversionId()))
        .onFailure(e -> LOG.error("A conversion is left for the next start [{}]", request, e));
  }

  private Future<ConversionPlan> plan(ConversionRequested request) {
    return Future.all(hypervisor.domain(request.domain()), hypervisor.libVersion())
        .map(all -> {
          Optional<Domain> domain = all.resultAt(0);
          long version = all.<Long>resultAt(1);
          return ConversionPlan.of(
              request,
              domain.orElseThrow(
                  () -> new ConversionRefused("There is no VM '" + request.domain() + "'")),
              version,
              config);
        });
  }

  private Future<Void> carryOut(ConversionPlan plan, Entry entry) {
    String id = entry.request().conversionId();
    Future<Void> planned = events.publish(id + "/planned", plan.toEvent(name));
    if (entry.request().mode() == ConversionMode.PLAN) {
      return planned;
    }
    return planned
        .compose(v -> apply(plan, entry))
        .compose(disks -> publishDone(plan, entry, disks));
  }

  private Future<List<DiskConversion>> apply(ConversionPlan plan, Entry entry) {
    if (plan.nothingToDo()) {
      return startAgain(plan.domain(), entry).map(List.of());
    }
    if (plan.domain().active() && !entry.request().restart()) {
      throw new ConversionRefused(
          "VM "
              + plan.domain().name()
              + " is running: use --restart to have it shut down and started again, or shut it"
              + " down first.");
    }
    return steps
        .shutDown(plan.domain(), entry.request().mode())
        .compose(v -> convertAll(plan))
        .eventually(() -> startAgain(plan.domain(), entry));
  }

  private Future<List<DiskConversion>> convertAll(ConversionPlan plan) {
    boolean revert = plan.request().mode() == ConversionMode.REVERT;
    return (revert ? steps.checkRevertible(plan) : Future.<Void>succeededFuture())
        .compose(v -> convertEach(plan, 0, new ArrayList<>()))
        .compose(hashes -> steps.replaceDefinition(plan).compose(v -> steps.prove(plan, hashes)))
        .compose(
            disks -> revert ? steps.removeImages(plan).map(disks) : Future.succeededFuture(disks))
        .recover(e -> steps.undo(plan).transform(undone -> Future.failedFuture(e)));
  }

  /** Hash, then image, disk by disk; what comes back are sizes and hashes before. */
  private Future<List<DiskConversion>> convertEach(
      ConversionPlan plan, int index, List<DiskConversion> done) {
    if (index == plan.disks().size()) {
      return Future.succeededFuture(List.copyOf(done));
    }
    PlannedDisk disk = plan.disks().get(index);
    return steps
        .prepare(plan, disk)
        .compose(prepared -> {
          done.add(prepared);
          return convertEach(plan, index + 1, done);
        });
  }

  private Future<Void> startAgain(Domain domain, Entry entry) {
    return entry.wasRunning() ? steps.startIfOff(domain) : Future.succeededFuture();
  }

  private Future<Void> publishDone(ConversionPlan plan, Entry entry, List<DiskConversion> disks) {
    String id = entry.request().conversionId();
    boolean restarted = entry.wasRunning() && !plan.nothingToDo();
    Domain domain = plan.domain();
    return events.publish(
        id + "/done",
        entry.request().mode() == ConversionMode.REVERT
            ? new ConversionReverted(id, name, domain.uuid(), domain.name(), disks, restarted)
            : new ConversionApplied(id, name, domain.uuid(), domain.name(), disks, restarted));
  }

  private Future<Void> fail(ConversionRequested request, Throwable e) {
    LOG.warn(
        "A conversion failed [vm: {}, conversion: {}]",
        request.domain(),
        request.conversionId(),
        e);
    return events.publish(
        request.conversionId() + "/failed",
        new ConversionFailed(request.conversionId(), request.domain(), e.getMessage()));
  }
}
