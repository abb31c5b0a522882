package io.tidemark.catalog.http;

import io.tidemark.catalog.job.JobFilter;
import io.tidemark.catalog.job.JobState;
import io.tidemark.catalog.job.JobType;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The jobs. */
final class JobApi {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** Short jobs are told of at once, long ones are not asked for all the time. */
  private static final long LEAST_POLL_MILLIS = 20;

  private static final long MOST_POLL_MILLIS = 500;

  /** News may come a little before the job has changed. */
  private static final long POLL_AFTER_NEWS_MILLIS = 50;

  private final JobNews news;
  private final JobViews views;

  JobApi(JobNews news, JobViews views) {
    this.news = news;
    this.views = views;
  }

  Map<String, Answer> answers() {
    return Map.of("listJobs", this::list, "getJob", this::get);
  }

  private Future<Reply> list(RoutingContext context) {
    return views
        .list(
            Query.text(context, "vm"),
            new JobFilter(
                Query.text(context, "state").map(word -> Words.parse(JobState.class, word)),
                Query.text(context, "type").map(word -> Words.parse(JobType.class, word)),
                Optional.empty(),
                Optional.empty()),
            Query.text(context, "cursor"),
            Query.limit(context))
        .map(page -> Reply.ok(Views.page("jobs", page)));
  }

  /** With {@code ?wait=SECONDS} the answer comes when the job has ended, or after that time. */
  private Future<Reply> get(RoutingContext context) {
    long until = System.nanoTime() + wait(context).toNanos();
    return whenEnded(context, until, LEAST_POLL_MILLIS).map(Reply::ok);
  }

  private Future<JsonObject> whenEnded(RoutingContext context, long until, long pollMillis) {
    return views
        .get(context.pathParam("id"))
        .compose(job -> {
          boolean ended = Words.parse(JobState.class, job.getString("state")).ended();
          if (ended || System.nanoTime() - until >= 0 || context.response().closed()) {
            return Future.succeededFuture(job);
          }
          long next = Math.min(pollMillis + pollMillis / 10 + 1, MOST_POLL_MILLIS);
          return news.within(pollMillis)
              .compose(some ->
                  whenEnded(context, until, some ? Math.min(POLL_AFTER_NEWS_MILLIS, next) : next));
        });
  }

  private static Duration wait(RoutingContext context) {
    Duration wanted = Duration.ofSeconds(Query.number(context, "wait", 0));
    return wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted;
  }
}
