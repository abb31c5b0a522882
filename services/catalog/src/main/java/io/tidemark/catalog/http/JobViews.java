package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobFilter;
import io.tidemark.catalog.job.JobState;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Jobs as the API shows them, with their progress and, for backups, the point that came of them.
 */
final class JobViews {
  private static final int MOST_OPEN = 200;

  private final Database database;
  private final PointStore points;
  private final ProgressBoard board;
  private final Domains domains;
  private final JobStore jobs = new JobStore();

  JobViews(Database database, PointStore points, ProgressBoard board, Domains domains) {
    this.database = database;
    this.points = points;
    this.board = board;
    this.domains = domains;
  }

  /** The job of that id; fails with a {@link Refusal} if there is none. */
  Future<JsonObject> get(String id) {
    return jobs.get(database, id)
        .compose(job ->
            job.map(found -> views(List.of(found)).map(views -> views.get(0)))
                .orElseGet(() ->
                    Future.failedFuture(
                        new Refusal(
                            Refusal.Kind.NOT_FOUND,
                            "There is no job '"
                                + id
                                + "': /api/v1/jobs lists those that there are."))));
  }

  /**
   * A page of jobs, newest first.
   *
   * @param vm name or UUID of the VM that they are of
   */
  Future<Page<JsonObject>> list(
      Optional<String> vm, JobFilter filter, Optional<String> cursor, int limit) {
    return vm.map(name -> of(name, filter))
        .orElseGet(() -> Future.succeededFuture(filter))
        .compose(wanted -> jobs.page(database, wanted, cursor, limit))
        .compose(page -> views(page.items()).map(page::with));
  }

  /** The jobs that have not ended. */
  Future<List<JsonObject>> open() {
    return jobs.open(database, MOST_OPEN).compose(this::views);
  }

  /** The jobs that failed last, the last one first. */
  Future<List<Job>> failedLast(int limit) {
    return jobs.failedLast(database, limit);
  }

  /** A job that is going on or has ended just now. */
  record Active(String id, Optional<String> domainUuid, JsonObject view) {}

  /** Jobs that are going on or have ended just now. */
  Future<List<Active>> active(Duration since) {
    return jobs.active(database, since)
        .compose(found ->
            views(found)
                .map(views ->
                    IntStream.range(0, views.size())
                        .mapToObj(i ->
                            new Active(found.get(i).id(), found.get(i).domainUuid(), views.get(i)))
                        .toList()));
  }

  private Future<JobFilter> of(String nameOrUuid, JobFilter filter) {
    return database
        .with(client -> domains.known(client, nameOrUuid))
        .map(found ->
            switch (found) {
              case Domains.One one ->
                  new JobFilter(
                      filter.state(),
                      filter.type(),
                      Optional.of(one.domain().uuid()),
                      Optional.empty());
              // A job that was refused may name a VM that there never was.
              case Domains.None none ->
                  new JobFilter(
                      filter.state(), filter.type(), Optional.empty(), Optional.of(nameOrUuid));
            });
  }

  private Future<List<JsonObject>> views(List<Job> found) {
    List<String> made =
        found.stream()
            .filter(job -> job.type() == JobType.BACKUP && job.state() == JobState.SUCCEEDED)
            .map(Job::id)
            .toList();
    return database
        .with(client -> points.get(client, made))
        .map(list -> {
          Map<String, Point> byId =
              list.stream().collect(Collectors.toMap(Point::id, Function.identity()));
          return found.stream()
              .map(job -> Views.job(job, board.of(job), Optional.ofNullable(byId.get(job.id()))))
              .toList();
        });
  }
}
