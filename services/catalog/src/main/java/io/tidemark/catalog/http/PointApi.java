package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.Point;
import io.tidemark.catalog.point.PointForgetter;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.point.Rebuild;
import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** The restore points. */
final class PointApi {
  private static final int SHORTEST_PREFIX = 4;

  private final Database database;
  private final PointStore points;
  private final VmApi vms;
  private final PointForgetter forgetter;
  private final Rebuild rebuild;

  PointApi(
      Database database, PointStore points, VmApi vms, PointForgetter forgetter, Rebuild rebuild) {
    this.database = database;
    this.points = points;
    this.vms = vms;
    this.forgetter = forgetter;
    this.rebuild = rebuild;
  }

  Future<Reply> list(RoutingContext context) {
    Optional<String> vm = Optional.ofNullable(context.request().getParam("vm"));
    return database
        .inTransaction(transaction ->
            vm.map(name ->
                    vms.known(transaction, name)
                        .compose(domain -> points.ofDomain(transaction, domain.uuid())))
                .orElseGet(() -> points.present(transaction)))
        .map(found -> Reply.ok(new JsonObject().put("points", Views.points(found))));
  }

  Future<Reply> get(RoutingContext context) {
    return find(context.pathParam("id")).map(point -> Reply.ok(Views.point(point)));
  }

  Future<Reply> forget(RoutingContext context) {
    return find(context.pathParam("id"))
        .compose(point -> forgetter.forget(point.id()))
        .map(done -> Reply.noContent());
  }

  Future<Reply> rebuild(RoutingContext context) {
    return rebuild
        .run()
        .map(result ->
            Reply.ok(
                new JsonObject()
                    .put("points", result.points())
                    .put("imported", result.imported())
                    .put("unreadable", new JsonArray(result.unreadable()))));
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
