package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.ChangeMaps;
import io.tidemark.catalog.point.GarbageCollection;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointFilter;
import io.tidemark.catalog.point.PointForgetter;
import io.tidemark.catalog.point.PointState;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Rebuild;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.tidemark.events.DiskMode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.sqlclient.SqlClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The restore points. */
final class PointApi {
  private static final int SHORTEST_PREFIX = 4;
  private static final int DEFAULT_BUCKETS = 128;

  private final Database database;
  private final PointStore points;
  private final VmApi vms;
  private final PointForgetter forgetter;
  private final Rebuild rebuild;
  private final GarbageCollection garbage;
  private final ChangeMaps changes;

  /** What is done to points. */
  record Work(
      PointForgetter forgetter, Rebuild rebuild, GarbageCollection garbage, ChangeMaps changes) {}

  PointApi(Database database, PointStore points, VmApi vms, Work work) {
    this.database = database;
    this.points = points;
    this.vms = vms;
    this.forgetter = work.forgetter();
    this.rebuild = work.rebuild();
    this.garbage = work.garbage();
    this.changes = work.changes();
  }

  Map<String, Answer> answers() {
    return Map.of(
        "listPoints", this::list,
        "getPoint", this::get,
        "getPointChanges", this::changes,
        "forgetPoint", this::forget,
        "rebuildCatalog", this::rebuild,
        "collectGarbage", this::collectGarbage);
  }

  private Future<Reply> list(RoutingContext context) {
    return database
        .with(client ->
            domain(client, Query.text(context, "vm"))
                .compose(domain ->
                    points.page(
                        client,
                        filter(context, domain),
                        Query.text(context, "cursor"),
                        Query.limit(context))))
        .map(page -> Reply.ok(Views.page("points", page.map(Views::point))));
  }

  private Future<Optional<String>> domain(SqlClient client, Optional<String> vm) {
    return vm.map(name -> vms.known(client, name).map(domain -> Optional.of(domain.uuid())))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private static PointFilter filter(RoutingContext context, Optional<String> domain) {
    return new PointFilter(
        domain,
        Query.text(context, "kind").map(word -> Words.parse(DiskMode.class, word)),
        Query.text(context, "state").map(word -> Words.parse(PointState.class, word)),
        Query.time(context, "from"),
        Query.time(context, "to"));
  }

  private Future<Reply> changes(RoutingContext context) {
    String target = Query.text(context, "target").orElseThrow();
    int buckets = Query.number(context, "buckets", DEFAULT_BUCKETS);
    return find(context.pathParam("id"))
        .compose(point ->
            changes
                .of(point, target, buckets)
                .map(found -> Reply.ok(Views.changes(point, target, found))));
  }

  private Future<Reply> get(RoutingContext context) {
    return find(context.pathParam("id")).map(point -> Reply.ok(Views.point(point)));
  }

  private Future<Reply> forget(RoutingContext context) {
    return find(context.pathParam("id"))
        .compose(point -> forgetter.forget(point.id()))
        .map(done -> Reply.noContent());
  }

  private Future<Reply> rebuild(RoutingContext context) {
    return rebuild
        .run()
        .map(result ->
            Reply.ok(
                new JsonObject()
                    .put("points", result.points())
                    .put("imported", result.imported())
                    .put("unreadable", new JsonArray(result.unreadable()))));
  }

  private Future<Reply> collectGarbage(RoutingContext context) {
    return garbage
        .run(RequestBody.of(context).flag("dryRun"))
        .map(report ->
            Reply.ok(
                new JsonObject()
                    .put("dryRun", report.dryRun())
                    .put("packs", report.packs())
                    .put("deletedPacks", report.deletedPacks())
                    .put("deletedBytes", report.deletedBytes())
                    .put("compactedPacks", report.compactedPacks())
                    .put("compactedBytes", report.compactedBytes())
                    .put("waitingPacks", report.waitingPacks())
                    .put("damagedPacks", new JsonArray(report.damagedPacks()))));
  }

  /** The point of that id, or of the id that begins so if it is the only one. */
  Future<Point> find(String idOrPrefix) {
    return database.inTransaction(transaction ->
        points
            .get(transaction, idOrPrefix)
            .compose(exact ->
                exact
                    .map(Future::succeededFuture)
                    .orElseGet(() ->
                        points
                            .byPrefix(transaction, idOrPrefix)
                            .compose(found -> single(found, idOrPrefix)))));
  }

  private static Future<Point> single(List<Point> found, String prefix) {
    if (prefix.length() < SHORTEST_PREFIX || found.isEmpty()) {
      return Future.failedFuture(
          new Refusal(
              Refusal.Kind.NOT_FOUND,
              "There is no restore point '"
                  + prefix
                  + "': give its id, or the first four or more characters of it."));
    }
    if (found.size() > 1) {
      return Future.failedFuture(
          new Refusal(
              Refusal.Kind.CONFLICT,
              "More than one restore point begins with '"
                  + prefix
                  + "': give more characters of its id."));
    }
    return Future.succeededFuture(found.get(0));
  }
}
