package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.job.JobState;
import io.tidemark.catalog.job.JobStore;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Jobs as the API shows them, with their progress and, for backups, the point that came of them.
 */
final class JobViews {
  private static final int LISTED = 200;

  private final Database database;
  private final PointStore points;
  private final ProgressBoard board;
  private final JobStore jobs = new JobStore();

  JobViews(Database database, PointStore points, ProgressBoard board) {
    this.database = database;
    this.points = points;
    this.board = board;
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

  /** The newest jobs, of one state or of any. */
  Future<List<JsonObject>> list(Optional<JobState> state) {
    return jobs.list(database, state, LISTED).compose(this::views);
  }

  /** Jobs that are going on or have ended just now. */
  Future<List<JsonObject>> active(Duration since) {
    return jobs.active(database, since).compose(this::views);
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
