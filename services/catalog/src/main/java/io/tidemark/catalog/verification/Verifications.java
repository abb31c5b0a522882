package io.tidemark.catalog.verification;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.NewJob;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.Verifier;
import io.tidemark.repository.VerifyReport;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and hashes again what restore points need, on a worker thread, one job after the other. A
 * job's deadline is its heartbeat: whose catalog has died is failed by another, or by the next one.
 * Confined to one context.
 */
public final class Verifications {
  private static final Logger LOG = LoggerFactory.getLogger(Verifications.class);
  private static final long HEARTBEAT_MILLIS = 1000;
  private static final String VERIFYING = "verifying";
  private static final String INTERRUPTED =
      "The verification was interrupted by a restart of the catalog: start it again.";

  private final Vertx vertx;
  private final Base base;
  private final PointStore points;
  private final ProgressBoard board;
  private final Timeouts timeouts;
  private final JobStore jobs = new JobStore();
  private final VerificationStore store = new VerificationStore();
  private Future<Void> last = Future.succeededFuture();
  private volatile boolean stopping;

  /** What verifications stand on. */
  public record Base(Database database, Vault vault) {}

  public Verifications(
      Vertx vertx, Base base, PointStore points, ProgressBoard board, Timeouts timeouts) {
    this.vertx = vertx;
    this.base = base;
    this.points = points;
    this.board = board;
    this.timeouts = timeouts;
  }

  /**
   * Begins a verification.
   *
   * @param ids the points; empty for all that there are
   * @return completes when it is recorded; fails with a {@link Refusal} when there is nothing to
   *     verify
   */
  public Future<String> submit(String id, List<String> ids) {
    return base.database()
        .inTransaction(transaction ->
            chosen(transaction, ids).compose(found -> record(transaction, id, found).map(found)))
        .map(found -> {
          List<String> pointIds = found.stream().map(Point::id).toList();
          // It is alive while it waits for its turn, too.
          long heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, tick -> alive(id));
          last =
              last.transform(before -> run(id, pointIds))
                  .onComplete(ended -> vertx.cancelTimer(heartbeat));
          return id;
        });
  }

  /** Fails what no catalog works on any more. */
  public Future<Void> tick() {
    return jobs.overdue(base.database(), JobType.VERIFICATION)
        .compose(ids -> {
          Future<Void> chain = Future.succeededFuture();
          for (String id : ids) {
            chain = chain.compose(done -> fail(id, INTERRUPTED));
          }
          return chain;
        });
  }

  /** Stops what runs, and completes when it has stopped. */
  public Future<Void> stop() {
    stopping = true;
    return last.otherwiseEmpty();
  }

  private Future<List<Point>> chosen(SqlConnection transaction, List<String> ids) {
    Future<List<Point>> found =
        ids.isEmpty() ? points.present(transaction) : points.get(transaction, ids);
    return found.compose(list -> {
      List<String> present =
          list.stream().filter(point -> point.state().present()).map(Point::id).toList();
      Optional<String> missing = ids.stream().filter(id -> !present.contains(id)).findFirst();
      if (missing.isPresent()) {
        return Future.failedFuture(
            new Refusal(
                Refusal.Kind.NOT_FOUND,
                "There is no restore point '" + missing.get() + "' to verify."));
      }
      return Future.succeededFuture(list);
    });
  }

  private Future<Void> record(SqlConnection transaction, String id, List<Point> found) {
    List<String> vms = found.stream().map(Point::vm).distinct().toList();
    NewJob job =
        new NewJob(
            id,
            JobType.VERIFICATION,
            vms.size() == 1 ? vms.get(0) : "",
            Optional.empty(),
            Optional.empty());
    return jobs.insert(transaction, job)
        .compose(done -> store.insert(transaction, id, found.stream().map(Point::id).toList()))
        .compose(done -> jobs.advance(transaction, id, VERIFYING, timeouts.verification()));
  }

  private Future<Void> run(String id, List<String> pointIds) {
    Context context = vertx.getOrCreateContext();
    return base.vault()
        .run(repository ->
            Verifier.verify(
                repository,
                pointIds,
                true,
                (done, total) -> {
                  if (stopping) {
                    throw new CancellationException(INTERRUPTED);
                  }
                  context.runOnContext(told -> progress(id, done, total));
                }))
        .compose(report -> finish(id, pointIds, report))
        .recover(failure -> {
          if (!(failure instanceof CancellationException)) {
            LOG.error("A verification failed [verification: {}]", id, failure);
          }
          return fail(id, stopping ? INTERRUPTED : String.valueOf(failure.getMessage()));
        })
        .onComplete(done -> board.ended(id));
  }

  private void alive(String id) {
    // A missed beat is made up for by the next.
    Future<Void> unused = jobs.touch(base.database(), id, timeouts.verification());
  }

  private void progress(String id, long done, long total) {
    if (done == 0) {
      Future<Void> unused = base.database().with(client -> jobs.total(client, id, total));
    }
    board.heartbeat(id, "", done);
  }

  private Future<Void> finish(String id, List<String> pointIds, VerifyReport report) {
    if (!report.ok()) {
      LOG.error("{} damaged ranges found [verification: {}]", report.damaged().size(), id);
    }
    return base.database()
        .inTransaction(transaction ->
            store
                .apply(transaction, pointIds, report)
                .compose(done ->
                    jobs.succeed(
                        transaction,
                        id,
                        "verified",
                        Optional.of(VerificationStore.result(report)))));
  }

  private Future<Void> fail(String id, String reason) {
    return base.database().inTransaction(transaction -> jobs.fail(transaction, id, reason));
  }
}
