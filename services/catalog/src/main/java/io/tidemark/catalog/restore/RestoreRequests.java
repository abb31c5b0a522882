package io.tidemark.catalog.restore;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.NewJob;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Outbox;
import io.tidemark.events.RestoreAccepted;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreFailed;
import io.tidemark.events.RestoreRequested;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Takes requests for restores, from the API and from anybody on Kafka. */
public final class RestoreRequests {
  private final Database database;
  private final PointStore points;
  private final JobStore jobs = new JobStore();
  private final RestoreStore restores = new RestoreStore();
  private final Outbox outbox;
  private final Timeouts timeouts;
  private final RestoreRoots roots;

  RestoreRequests(
      Database database, PointStore points, Outbox outbox, Timeouts timeouts, RestoreRoots roots) {
    this.database = database;
    this.points = points;
    this.outbox = outbox;
    this.timeouts = timeouts;
    this.roots = roots;
  }

  /**
   * Records a request and says so on Kafka.
   *
   * @return the id of the restore; fails with a {@link Refusal} when it can't be done
   */
  public Future<String> submit(RestoreRequested request) {
    return database.inTransaction(transaction ->
        judge(transaction, request)
            .compose(verdict ->
                switch (verdict) {
                  case RestoreTargets.Refused refused ->
                      Future.failedFuture(new Refusal(refused.kind(), refused.reason()));
                  case RestoreTargets.Planned planned ->
                      outbox
                          .add(transaction, request)
                          .compose(said -> admit(transaction, request, planned))
                          .map(request.restoreId());
                }));
  }

  /** Somebody asks for a restore. Asking twice under one id is asking once. */
  Future<Void> requested(SqlConnection transaction, RestoreRequested request) {
    return judge(transaction, request)
        .compose(verdict ->
            switch (verdict) {
              case RestoreTargets.Refused refused -> reject(transaction, request, refused.reason());
              case RestoreTargets.Planned planned -> admit(transaction, request, planned);
            });
  }

  private Future<RestoreTargets.Verdict> judge(
      SqlConnection transaction, RestoreRequested request) {
    String id = Optional.ofNullable(request.pointId()).orElse("");
    return transaction
        .preparedQuery("select from point where id = $1 for share")
        .execute(Tuple.of(id))
        .compose(held -> points.get(transaction, id))
        .map(point -> RestoreTargets.of(request, point, roots));
  }

  private Future<Void> admit(
      SqlConnection transaction, RestoreRequested request, RestoreTargets.Planned planned) {
    String id = request.restoreId();
    Point point = planned.point();
    NewJob job =
        new NewJob(
            id,
            JobType.RESTORE,
            point.vm(),
            Optional.of(point.domainUuid()),
            Optional.of(point.hypervisor()));
    return jobs.insert(transaction, job)
        .compose(isNew -> isNew ? accept(transaction, request, planned) : Future.succeededFuture());
  }

  private Future<Void> accept(
      SqlConnection transaction, RestoreRequested request, RestoreTargets.Planned planned) {
    String id = request.restoreId();
    long total = planned.disks().stream().mapToLong(RestoreDisk::sizeBytes).sum();
    return restores
        .insert(transaction, request, Optional.of(planned.point().id()))
        .compose(done -> restores.insertDisks(transaction, id, planned.disks()))
        .compose(done -> jobs.total(transaction, id, total))
        .compose(done ->
            jobs.advance(transaction, id, RestoreStage.ACCEPTED.word(), timeouts.restoreTarget()))
        .compose(done -> outbox.add(transaction, accepted(request, planned)));
  }

  private static RestoreAccepted accepted(
      RestoreRequested request, RestoreTargets.Planned planned) {
    Point point = planned.point();
    return new RestoreAccepted(
        request.restoreId(),
        point.hypervisor(),
        point.id(),
        point.vm(),
        point.domainXml(),
        planned.domainXmlPath(),
        request.overwrite(),
        planned.disks());
  }

  private Future<Void> reject(SqlConnection transaction, RestoreRequested request, String reason) {
    String id = request.restoreId();
    NewJob job = new NewJob(id, JobType.RESTORE, "", Optional.empty(), Optional.empty());
    return jobs.insert(transaction, job)
        .compose(isNew ->
            isNew
                ? restores
                    .insert(transaction, request, Optional.empty())
                    .compose(done -> jobs.fail(transaction, id, reason))
                    .compose(done ->
                        outbox.add(transaction, new RestoreFailed(id, Optional.empty(), reason)))
                : Future.succeededFuture());
  }
}
