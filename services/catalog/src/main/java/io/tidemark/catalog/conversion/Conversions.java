package io.tidemark.catalog.conversion;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.NewJob;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Inbox;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.catalog.store.Words;
import io.tidemark.events.ConversionApplied;
import io.tidemark.events.ConversionFailed;
import io.tidemark.events.ConversionMode;
import io.tidemark.events.ConversionPlanned;
import io.tidemark.events.ConversionRequested;
import io.tidemark.events.ConversionReverted;
import io.tidemark.events.DiskConversion;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.PermanentException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The conversions of the catalog: which event leads to what. */
public final class Conversions {
  private static final String INSERT =
      "insert into conversion (id, mode, disks, restart) values ($1, $2, $3, $4)";

  /** Asked for; a converter has to make a plan. */
  private static final String REQUESTED = "requested";

  /** Planned; the converter carries it out. */
  private static final String PLANNED = "planned";

  private static final String DONE = "done";

  private final Database database;
  private final Inbox inbox;
  private final Outbox outbox;
  private final Domains domains;
  private final Timeouts timeouts;
  private final JobStore jobs = new JobStore();

  /** What conversions stand on. */
  public record Base(Database database, Inbox inbox, Outbox outbox) {}

  public Conversions(Base base, Domains domains, Timeouts timeouts) {
    this.database = base.database();
    this.inbox = base.inbox();
    this.outbox = base.outbox();
    this.domains = domains;
    this.timeouts = timeouts;
  }

  /**
   * Records a request and says so on Kafka.
   *
   * @return the id of the conversion; fails with a {@link Refusal} when there is no such VM or disk
   */
  public Future<String> submit(ConversionRequested request) {
    return database.inTransaction(transaction ->
        domains
            .defined(transaction, request.domain())
            .compose(found ->
                switch (found) {
                  case Domains.None none -> refuse(Refusal.Kind.NOT_FOUND, none.reason());
                  case Domains.One one -> submit(transaction, request, one.domain());
                }));
  }

  /** Lets a consumer of the topic of conversions do what each event leads to. */
  public void handle(EventConsumer consumer) {
    consumer
        .onEnvelope(
            ConversionRequested.class,
            event -> inbox.once(event, transaction -> requested(transaction, event.event())))
        .onEnvelope(
            ConversionPlanned.class,
            event -> inbox.once(event, transaction -> planned(transaction, event.event())))
        .onEnvelope(
            ConversionApplied.class,
            event ->
                inbox.once(
                    event,
                    transaction ->
                        done(
                            transaction,
                            event.event().conversionId(),
                            ConversionMode.APPLY,
                            event.event().disks(),
                            event.event().restarted())))
        .onEnvelope(
            ConversionReverted.class,
            event ->
                inbox.once(
                    event,
                    transaction ->
                        done(
                            transaction,
                            event.event().conversionId(),
                            ConversionMode.REVERT,
                            event.event().disks(),
                            event.event().restarted())))
        .onEnvelope(
            ConversionFailed.class,
            event ->
                inbox.once(
                    event,
                    transaction ->
                        during(
                            transaction,
                            event.event().conversionId(),
                            job -> jobs.fail(transaction, job.id(), event.event().reason()))));
  }

  /** Fails what nobody answers. */
  public Future<Void> tick() {
    return jobs.overdue(database, JobType.CONVERSION).compose(this::failAll);
  }

  private Future<String> submit(
      SqlConnection transaction, ConversionRequested request, Domain domain) {
    Optional<String> unknown =
        request.disks().stream().filter(disk -> !domain.targets().contains(disk)).findFirst();
    if (unknown.isPresent()) {
      return refuse(
          Refusal.Kind.INVALID,
          "VM '"
              + domain.name()
              + "' has no disk '"
              + unknown.get()
              + "': it has "
              + String.join(", ", domain.targets())
              + ".");
    }
    // By UUID, so that only the converter of the VM that is meant feels addressed.
    ConversionRequested meant =
        new ConversionRequested(
            request.conversionId(),
            domain.uuid(),
            request.disks(),
            request.mode(),
            request.restart());
    return outbox
        .add(transaction, meant)
        .compose(said -> insert(transaction, meant, Optional.of(domain)))
        .map(request.conversionId());
  }

  private Future<Void> requested(SqlConnection transaction, ConversionRequested request) {
    if (request.conversionId() == null || request.conversionId().isBlank()) {
      return Future.failedFuture(
          new PermanentException("A conversion needs a conversionId: choose a UUID."));
    }
    if (request.domain() == null || request.domain().isBlank()) {
      return Future.failedFuture(
          new PermanentException(
              "The conversion "
                  + request.conversionId()
                  + " needs the name or UUID of a VM as its domain: say which one."));
    }
    return domains
        .defined(transaction, request.domain())
        .compose(found ->
            switch (found) {
              case Domains.One one ->
                  insert(transaction, request, Optional.of(one.domain())).mapEmpty();
              case Domains.None none ->
                  insert(transaction, request, Optional.empty())
                      .compose(isNew ->
                          isNew
                              ? fail(
                                  transaction,
                                  request.conversionId(),
                                  request.domain(),
                                  none.reason())
                              : Future.succeededFuture());
            });
  }

  private Future<Boolean> insert(
      SqlConnection transaction, ConversionRequested request, Optional<Domain> domain) {
    String id = request.conversionId();
    NewJob job =
        new NewJob(
            id,
            JobType.CONVERSION,
            domain.map(Domain::name).orElse(request.domain()),
            domain.map(Domain::uuid),
            domain.map(Domain::hypervisor));
    Tuple row =
        Tuple.of(
            id,
            Words.of(request.mode()),
            request.disks().toArray(String[]::new),
            request.restart());
    return jobs.insert(transaction, job)
        .compose(isNew ->
            isNew
                ? transaction
                    .preparedQuery(INSERT)
                    .execute(row)
                    .compose(added ->
                        jobs.advance(transaction, id, REQUESTED, timeouts.conversionPlan()))
                    .map(true)
                : Future.succeededFuture(false));
  }

  private Future<Void> planned(SqlConnection transaction, ConversionPlanned planned) {
    JsonObject result = ConversionResults.planned(planned);
    return during(
        transaction,
        planned.conversionId(),
        job -> {
          if (job.state().ended()) {
            return Future.succeededFuture();
          }
          return planned.mode() == ConversionMode.PLAN
              ? jobs.succeed(transaction, job.id(), DONE, Optional.of(result))
              : jobs.result(transaction, job.id(), result)
                  .compose(
                      kept -> jobs.advance(transaction, job.id(), PLANNED, timeouts.conversion()));
        });
  }

  /** What was done counts, even if it was given up here before. */
  private Future<Void> done(
      SqlConnection transaction,
      String id,
      ConversionMode mode,
      List<DiskConversion> disks,
      boolean restarted) {
    return during(
        transaction,
        id,
        job ->
            jobs.succeed(
                transaction,
                id,
                DONE,
                Optional.of(ConversionResults.done(job.result(), mode, disks, restarted))));
  }

  private Future<Void> failAll(List<String> ids) {
    Future<Void> chain = Future.succeededFuture();
    for (String id : ids) {
      chain =
          chain.compose(
              done -> database.inTransaction(transaction -> failOverdue(transaction, id)));
    }
    return chain;
  }

  private Future<Void> failOverdue(SqlConnection transaction, String id) {
    return jobs.lockOverdue(transaction, id)
        .compose(job ->
            job.map(late -> fail(transaction, id, late.vm(), overdue(late)))
                .orElseGet(Future::succeededFuture));
  }

  private String overdue(Job job) {
    String host = job.hypervisor().orElse("its hypervisor");
    return REQUESTED.equals(job.stage())
        ? "The converter of hypervisor "
            + host
            + " did not answer for VM '"
            + job.vm()
            + "' within "
            + timeouts.conversionPlan().toSeconds()
            + " seconds. Check that the converter service runs there and reaches libvirt and"
            + " Kafka, then start the conversion again."
        : "The converter of hypervisor "
            + host
            + " did not say how the conversion of VM '"
            + job.vm()
            + "' ended. Look at the VM and at the converter's log before starting it again.";
  }

  private Future<Void> fail(SqlConnection transaction, String id, String vm, String reason) {
    return jobs.fail(transaction, id, reason)
        .compose(failed -> outbox.add(transaction, new ConversionFailed(id, vm, reason)));
  }

  private Future<Void> during(
      SqlConnection transaction, String id, Function<Job, Future<Void>> effect) {
    return jobs.lock(transaction, id)
        .compose(job -> job.map(effect).orElseGet(Future::succeededFuture));
  }

  private static <T> Future<T> refuse(Refusal.Kind kind, String reason) {
    return Future.failedFuture(new Refusal(kind, reason));
  }
}
