package io.tidemark.catalog.http;

import io.tidemark.catalog.ApiConfig;
import io.tidemark.catalog.access.Access;
import io.tidemark.catalog.access.CertificateWatch;
import io.tidemark.catalog.access.TlsFiles;
import io.tidemark.catalog.backup.BackupRequests;
import io.tidemark.catalog.contract.OpenApi;
import io.tidemark.catalog.conversion.Conversions;
import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.job.ProgressBoard;
import io.tidemark.catalog.live.EventJournal;
import io.tidemark.catalog.point.ChangeMaps;
import io.tidemark.catalog.point.GarbageCollection;
import io.tidemark.catalog.point.PointForgetter;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Rebuild;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.restore.RestorePreviews;
import io.tidemark.catalog.restore.RestoreRequests;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Idempotency;
import io.tidemark.catalog.verification.Verifications;
import io.tidemark.catalog.webhook.Deliveries;
import io.tidemark.catalog.webhook.Webhooks;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.ShardProgress;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.StaticHandler;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP API, version 1, the live events and the page. Listens before the database is there, so
 * that it can say what is missing. Confined to one context.
 */
public final class HttpApi {
  private static final long LARGEST_BODY = 64 * 1024;

  private final Vertx vertx;
  private final OpenApi contract;
  private final StatusApi status;
  private final EventStream stream;
  private final JobNews news;
  private final OperationRoutes.Gates gates;
  private final Optional<TlsFiles> tls;
  private final Optional<CertificateWatch> certificate;
  private final Map<String, Answer> answers = new HashMap<>();
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
      BackupRequests backups,
      RestoreRequests restores,
      RestorePreviews previews,
      Conversions conversions,
      Verifications verifications,
      PointForgetter forgetter,
      Rebuild rebuild,
      GarbageCollection garbage,
      Webhooks webhooks,
      Deliveries deliveries) {}

  /** What the API stands on. */
  public record Base(
      OpenApi contract, ApiConfig config, Access access, Vault vault, Events events) {}

  public HttpApi(Vertx vertx, Base base, Views shown, Actions actions) {
    this.vertx = vertx;
    this.contract = base.contract();
    Database database = shown.database();
    Domains domains = new Domains(shown.domains());
    JobViews jobs = new JobViews(database, shown.points(), shown.board(), domains);
    VmApi vms = new VmApi(database, domains, shown.points());
    ChangeMaps changes = new ChangeMaps(database, shown.points(), base.vault());
    PointApi points =
        new PointApi(
            database,
            shown.points(),
            vms,
            new PointApi.Work(actions.forgetter(), actions.rebuild(), actions.garbage(), changes));
    this.status = new StatusApi(database, shown.domains(), base.vault(), base.events());
    this.stream = new EventStream(shown.journal(), jobs, vms);
    this.news = new JobNews(vertx);
    this.tls = base.config().access().tls();
    this.certificate = tls.map(files -> new CertificateWatch(vertx, files));
    SessionCookie cookie = new SessionCookie(tls.isPresent());
    this.gates =
        new OperationRoutes.Gates(
            new Guard(base.access(), cookie),
            new Repeats(new Idempotency(database)),
            new Scribe(base.access().audit()));
    answers.putAll(new SessionApi(base.access(), cookie).answers());
    answers.putAll(new AccessApi(base.access()).answers());
    answers.putAll(status.answers());
    answers.putAll(new OverviewApi(database, base.vault(), jobs).answers());
    answers.putAll(vms.answers());
    answers.putAll(points.answers());
    answers.putAll(new JobApi(news, jobs).answers());
    answers.putAll(new RequestApi(services(actions), points, jobs).answers());
    answers.putAll(stream.answers());
    answers.putAll(new SettingsApi(database, base.vault(), base.config()).answers());
    answers.putAll(new WebhookApi(actions.webhooks(), actions.deliveries()).answers());
    answers.putAll(new ContractApi(contract).answers());
  }

  private static RequestApi.Services services(Actions actions) {
    return new RequestApi.Services(
        actions.backups(),
        actions.restores(),
        actions.previews(),
        actions.conversions(),
        actions.verifications());
  }

  /** Listens. Until {@link #ready} only the status is answered, all else with 503. */
  public Future<Void> listen(String host, int port) {
    server = vertx.createHttpServer(options()).requestHandler(router());
    return certificate
        .map(CertificateWatch::begin)
        .orElseGet(Future::succeededFuture)
        .compose(watched -> server.listen(port, host))
        .mapEmpty();
  }

  private HttpServerOptions options() {
    HttpServerOptions options = new HttpServerOptions().setMaxFormAttributeSize(0);
    tls.ifPresent(files -> {
      options.setSsl(true).setUseAlpn(true).setKeyCertOptions(CertificateWatch.certificate(files));
      options.setEnabledSecureTransportProtocols(CertificateWatch.protocols());
    });
    return options;
  }

  /** Takes a new certificate into use if there is one. */
  public Future<Void> renewCertificate() {
    return certificate.map(watch -> watch.look(server)).orElseGet(Future::succeededFuture);
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

  /** An event has come in or goes out: whoever waits for a job's end looks again. */
  public void jobsMayHaveChanged() {
    news.come();
  }

  /** Tells the followers of the live events how the jobs are. */
  public void tellJobs() {
    stream.tellJobs();
  }

  /** Keeps the connections of the live events alive. */
  public void heartbeat() {
    stream.heartbeat();
  }

  /** Ends the live events of those who may no longer follow them. */
  public void checkFollowers() {
    stream.checkFollowers();
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
    router.route().handler(context -> SecurityHeaders.add(context, tls.isPresent()));
    router.route().failureHandler(HttpApi::failed);
    router.errorHandler(404, context -> Problem.ofStatus(404, context).send(context));
    OperationRoutes operations = new OperationRoutes(contract, gates, () -> ready);
    router.errorHandler(
        405,
        context -> {
          context.response().putHeader("Allow", operations.allowed(context.normalizedPath()));
          Problem.ofStatus(405, context).send(context);
        });
    router.route("/api/*").handler(SecurityHeaders::sameOrigin);
    router
        .route("/api/*")
        .method(HttpMethod.POST)
        .method(HttpMethod.PUT)
        .handler(BodyHandler.create(false).setBodyLimit(LARGEST_BODY));
    router.get("/health").handler(this::health);
    operations.mount(router, answers);
    reading(router.route("/api/docs*")).handler(files("apidocs"));
    reading(router.routeWithRegex("/(?!api/).*")).handler(files("webroot"));
    return router;
  }

  private void health(RoutingContext context) {
    status
        .health()
        .onSuccess(reply -> reply.send(context))
        .onFailure(failure -> Problem.of(failure, context).send(context));
  }

  private static Route reading(Route route) {
    return route.method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private static StaticHandler files(String directory) {
    return StaticHandler.create(directory).setMaxAgeSeconds(0).setAlwaysAsyncFS(true);
  }

  private static void failed(RoutingContext context) {
    Problem problem =
        context.failure() == null
            ? Problem.ofStatus(context.statusCode(), context)
            : Problem.of(context.failure(), context);
    problem.send(context);
  }
}
