package io.tidemark.catalog.http;

import io.tidemark.catalog.domain.DomainList;
import io.tidemark.catalog.job.Job;
import io.tidemark.catalog.point.Totals;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/** Everything at a glance. */
final class OverviewApi {
  private static final int FAILURES = 10;

  private final Database database;
  private final Vault vault;
  private final JobViews jobs;
  private final DomainList domains = new DomainList();
  private final Totals totals = new Totals();

  OverviewApi(Database database, Vault vault, JobViews jobs) {
    this.database = database;
    this.vault = vault;
    this.jobs = jobs;
  }

  Map<String, Answer> answers() {
    return Map.of("getOverview", this::overview);
  }

  private Future<Reply> overview(RoutingContext context) {
    Future<DomainList.Counts> counts = database.with(domains::count);
    Future<Totals.Repository> repository = database.with(totals::repository);
    Future<List<Totals.Day>> days = database.with(totals::days);
    Future<List<JsonObject>> running = jobs.open();
    Future<List<Job>> failures = jobs.failedLast(FAILURES);
    return Future.all(counts, repository, days, running, failures)
        .map(all ->
            Reply.ok(
                new JsonObject()
                    .put("protection", protection(counts.result()))
                    .put("runningJobs", new JsonArray(running.result()))
                    .put("repository", repository(repository.result()))
                    .put("days", array(days.result().stream().map(OverviewApi::day).toList()))
                    .put(
                        "failures",
                        array(failures.result().stream().map(OverviewApi::failure).toList()))));
  }

  private static JsonObject protection(DomainList.Counts counts) {
    return new JsonObject()
        .put("protected", counts.isProtected())
        .put("atRisk", counts.atRisk())
        .put("unprotected", counts.unprotected())
        .put("atRiskAfterHours", counts.atRiskAfterHours())
        .put("newestPointAt", Views.time(counts.newest()))
        .put("oldestLastPointAt", Views.time(counts.oldest()));
  }

  private JsonObject repository(Totals.Repository total) {
    return RepositoryView.of(vault)
        .put("points", total.points())
        .put("logicalBytes", total.logicalBytes())
        .put("storedBytes", total.storedBytes());
  }

  private static JsonObject day(Totals.Day day) {
    return new JsonObject()
        .put("day", day.day().toString())
        .put("points", day.points())
        .put("changedBytes", day.changedBytes())
        .put("storedBytes", day.storedBytes());
  }

  private static JsonObject failure(Job job) {
    FailureText text = FailureText.of(job);
    return new JsonObject()
        .put("job", job.id())
        .put("type", Words.of(job.type()))
        .put("vm", job.vm())
        .put("endedAt", Views.time(job.endedAt()))
        .put("reason", text.reason())
        .put("remedy", text.remedy());
  }

  private static JsonArray array(List<JsonObject> items) {
    return new JsonArray(items);
  }
}
