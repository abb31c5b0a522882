package io.tidemark.catalog.http;

import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.live.EventJournal;
import io.tidemark.catalog.point.PointForgetter;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Rebuild;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.function.Function;

/**
 * The HTTP API, version 1, the live events and the page. Listens before the database is there, so
 * that it can say what is missing. Confined to one context.
 */
public final class HttpApi {
  private static final long LARGEST_BODY = 64 * 1024;

  private final Vertx vertx;
  private final StatusApi status;
  private final VmApi vms;
  private final PointApi points;
  private final JobApi jobs;
  private final RequestApi requests;
  private final EventStream stream;
  private volatile boolean ready;
  private HttpServer server;

  /** What the API shows. */
  public record Views(
      Database database,
      DomainStore domains,
      PointStore points,
      ProgressBoard board,
      EventJournal journal) {}

  /** What the API sets going. */
  public record Actions(
      io.tidemark.catalog.backup.BackupRequests backups,
      io.tidemark.catalog.restore.RestoreRequests restores,
      io.tidemark.catalog.conversion.Conversions conversions,
      io.tidemark.catalog.verification.Verifications verifications,
      PointForgetter forgetter,
      Rebuild rebuild) {}

  public HttpApi(Vertx vertx, Views shown, Actions actions, Vault vault, Events events) {
    this.vertx = vertx;
    JobViews jobViews = new JobViews(shown.database(), shown.points(), shown.board());
    this.status = new StatusApi(shown.database(), shown.domains(), vault, events);
    this.vms = new VmApi(shown.database(), shown.domains(), shown.points());
    this.points =
        new PointApi(shown.database(), shown.points(), vms, actions.forgetter(), actions.rebuild());
    this.jobs = new JobApi(vertx, jobViews);
    this.requests =
        new RequestApi(
            new RequestApi.Services(
                actions.backups(),
                actions.restores(),
                actions.conversions(),
                actions.verifications()),
            points,
            jobViews);
    this.stream = new EventStream(shown.journal(), jobViews);
  }

  /** Listens. Until {@link #ready} only the status is answered, all else with 503. */
  public Future<Void> listen(String host, int port) {
    server = vertx.createHttpServer();
    return server.requestHandler(router()).listen(port, host).mapEmpty();
  }

  /** The database is there: everything can be answered. */
  public void ready() {
    ready = true;
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** The journal may have news. */
  public void wakeStream() {
    stream.wake();
  }

  /** Tells the followers of the live events how the jobs are. */
  public void tellJobs() {
    stream.tellJobs();
  }

  /** Keeps the connections of the live events alive. */
  public void heartbeat() {
    stream.heartbeat();
  }

  /** A shard has told how far it is. */
  public void progress(EventEnvelope<ShardProgress> envelope) {
    stream.progress(envelope);
  }

  /** Ends every connection. */
  public Future<Void> close() {
    ready = false;
    stream.close();
    return server == null ? Future.succeededFuture() : server.close();
  }

  private Router router() {
    Router router = Router.router(vertx);
    router.route().handler(SecurityHeaders::add);
    router.route().failureHandler(HttpApi::failed);
    router.errorHandler(404, context -> Problem.ofStatus(404, context).send(context));
    router.errorHandler(405, context -> Problem.ofStatus(405, context).send(context));
    router.route("/api/*").handler(SecurityHeaders::sameOrigin);
    router
        .route("/api/*")
        .method(HttpMethod.POST)
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
    answer(router.get("/health"), status::health);
    answer(router.get("/api/v1/status"), status::status);
    router.route("/api/*").handler(this::requireReady);
    answer(router.get("/api/v1/vms"), vms::list);
    answer(router.get("/api/v1/vms/:vm"), vms::get);
    answer(router.get("/api/v1/points"), points::list);
    answer(router.get("/api/v1/points/:id"), points::get);
    answer(router.delete("/api/v1/points/:id"), points::forget);
    answer(router.post("/api/v1/catalog/rebuild"), points::rebuild);
    answer(router.get("/api/v1/jobs"), jobs::list);
    answer(router.get("/api/v1/jobs/:id"), jobs::get);
    answer(router.post("/api/v1/backups"), requests::backup);
    answer(router.post("/api/v1/restores"), requests::restore);
    answer(router.post("/api/v1/conversions"), requests::conversion);
    answer(router.post("/api/v1/verifications"), requests::verification);
    router.get("/api/v1/events").handler(stream::open);
    router
        .routeWithRegex("/(?!api/).*")
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(StaticHandler.create("webroot").setMaxAgeSeconds(0).setAlwaysAsyncFS(true));
    return router;
  }

  private void requireReady(RoutingContext context) {
    if (ready) {
      context.next();
      return;
    }
    new Problem(
            503,
            "The catalog is starting and waits for its database: /api/v1/status says what is"
                + " missing.")
        .send(context);
  }

  private static void answer(Route route, Function<RoutingContext, Future<Reply>> action) {
    route.handler(context ->
        action
            .apply(context)
            .onSuccess(reply -> reply.send(context))
            .onFailure(failure -> Problem.of(failure, context).send(context)));
  }

  private static void failed(RoutingContext context) {
    Problem problem =
        context.failure() == null
            ? Problem.ofStatus(context.statusCode(), context)
            : Problem.of(context.failure(), context);
    problem.send(context);
  }
}
