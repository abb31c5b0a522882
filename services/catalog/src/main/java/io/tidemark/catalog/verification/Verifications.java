package io.tidemark.catalog.verification;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.Timeouts;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.NewJob;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.PointStore.Present;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.repository.Verifier;
import io.tidemark.repository.VerifyListener;
import io.tidemark.repository.VerifyReport;
import io.tidemark.repository.VerifyState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and hashes again what restore points need, on a worker thread, one job after the other. A
 * job's deadline is its heartbeat: whose catalog has died is gone on with by another, or by the
 * next one, from where it was remembered. Confined to one context.
 */
public final class Verifications {
  private static final Logger LOG = LoggerFactory.getLogger(Verifications.class);
  private static final long HEARTBEAT_MILLIS = 1000;
  private static final String VERIFYING = "verifying";
  private static final long REMEMBER_NANOS = TimeUnit.SECONDS.toNanos(2);

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
   * @return completes when it is recorded; fails with a {@link Refusal} when there is nothing to
   *     verify
   */
  public Future<String> submit(String id, VerificationRequest request) {
    return base.database()
        .inTransaction(transaction ->
            chosen(transaction, request.points())
                .compose(found -> record(transaction, id, found, request)))
        .map(recorded -> {
          enqueue(id);
          return id;
        });
  }

  private void enqueue(String id) {
    // It is alive while it waits for its turn, too.
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MILLIS, tick -> alive(id));
    last =
        last.transform(before -> store.get(base.database(), id))
            .compose(work -> run(id, work))
            .onComplete(ended -> vertx.cancelTimer(heartbeat));
  }

  /** Goes on with what no catalog works on any more. */
  public Future<Void> tick() {
    return jobs.overdue(base.database(), JobType.VERIFICATION)
        .compose(ids -> {
          Future<Void> chain = Future.succeededFuture();
          for (String id : ids) {
            chain = chain.compose(done -> takeOver(id));
          }
          return chain;
        });
  }

  private Future<Void> takeOver(String id) {
    return base.database()
        .inTransaction(transaction ->
            jobs.lockOverdue(transaction, id)
                .compose(job ->
                    job.isEmpty()
                        ? Future.succeededFuture(false)
                        : jobs.advance(transaction, id, VERIFYING, timeouts.verification())
                            .map(true)))
        .map(taken -> {
          if (taken) {
            LOG.info("Going on with a verification that was interrupted [verification: {}]", id);
            enqueue(id);
          }
          return null;
        });
  }

  /** Stops what runs, and completes when it has stopped; the next start goes on with it. */
  public Future<Void> stop() {
    stopping = true;
    return last.otherwiseEmpty();
  }

  private Future<List<Present>> chosen(SqlConnection transaction, List<String> ids) {
    Future<List<Present>> found =
        ids.isEmpty() ? points.present(transaction) : points.present(transaction, ids);
    return found.compose(list -> {
      Set<String> present = list.stream().map(Present::id).collect(Collectors.toSet());
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

  private Future<Void> record(
      SqlConnection transaction, String id, List<Present> found, VerificationRequest request) {
    List<String> vms = found.stream().map(Present::vm).distinct().toList();
    NewJob job =
        new NewJob(
            id,
            JobType.VERIFICATION,
            vms.size() == 1 ? vms.get(0) : "",
            Optional.empty(),
            Optional.empty());
    return jobs.insert(transaction, job)
        .compose(done ->
            store.insert(transaction, id, found.stream().map(Present::id).toList(), request))
        .compose(done -> jobs.advance(transaction, id, VERIFYING, timeouts.verification()));
  }

  private Future<Void> run(String id, VerificationStore.Work work) {
    Watcher watcher = new Watcher(id, vertx.getOrCreateContext(), work.plan().from());
    return base.vault()
        .run(repository -> Verifier.verify(repository, work.points(), work.plan(), watcher))
        .compose(report -> finish(id, work, report))
        .recover(failure -> {
          if (stopping) {
            return store.remember(base.database(), id, watcher.state);
          }
          if (failure instanceof DatabaseUnavailableException) {
            // What it has found could not be written down: it is overdue soon, and goes on then.
            LOG.warn(
                "A verification waits for the database: {} [verification: {}]",
                failure.getMessage(),
                id);
            return Future.failedFuture(failure);
          }
          LOG.error("A verification failed [verification: {}]", id, failure);
          return fail(id, String.valueOf(failure.getMessage()));
        })
        .onComplete(done -> board.ended(id));
  }

  /** Hears of a verification on its worker thread, and tells of it on the context. */
  private final class Watcher implements VerifyListener {
    private final String id;
    private final Context context;
    private long remembered = System.nanoTime();
    private volatile VerifyState state;

    Watcher(String id, Context context, VerifyState from) {
      this.id = id;
      this.context = context;
      this.state = from;
    }

    @Override
    public void progress(long doneBytes, long totalBytes) {
      stopIfAsked();
      context.runOnContext(told -> Verifications.this.progress(id, doneBytes, totalBytes));
    }

    @Override
    public void step() {
      stopIfAsked();
    }

    @Override
    public void reached(VerifyState now) {
      state = now;
      if (System.nanoTime() - remembered > REMEMBER_NANOS) {
        remembered = System.nanoTime();
        context.runOnContext(told -> remember(now));
      }
      stopIfAsked();
    }

    private void remember(VerifyState now) {
      // What is not remembered is read again.
      Future<Void> unused = store.remember(base.database(), id, now);
    }

    private void stopIfAsked() {
      if (stopping) {
        throw new CancellationException("the catalog stops");
      }
    }
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

  private Future<Void> finish(String id, VerificationStore.Work work, VerifyReport report) {
    if (!report.ok()) {
      LOG.error("{} damaged ranges found [verification: {}]", report.damaged().size(), id);
    }
    return base.database()
        .inTransaction(transaction ->
            store
                .apply(transaction, work, report)
                .compose(done ->
                    jobs.succeed(
                        transaction,
                        id,
                        "verified",
                        Optional.of(VerificationStore.result(work, report)))));
  }

  private Future<Void> fail(String id, String reason) {
    return base.database().inTransaction(transaction -> jobs.fail(transaction, id, reason));
  }
}
