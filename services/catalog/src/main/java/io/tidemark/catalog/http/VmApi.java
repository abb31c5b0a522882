package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The VMs and what protects them. */
final class VmApi {
  private final Database database;
  private final DomainStore store;
  private final Domains domains;
  private final PointStore points;

  VmApi(Database database, DomainStore store, PointStore points) {
    this.database = database;
    this.store = store;
    this.domains = new Domains(store);
    this.points = points;
  }

  Future<Reply> list(RoutingContext context) {
    return database.inTransaction(transaction ->
        store
            .shown(transaction)
            .compose(shown ->
                points
                    .latest(transaction)
                    .map(latest ->
                        new JsonArray(
                            shown.stream()
                                .map(domain ->
                                    Views.vm(
                                        domain, Optional.ofNullable(latest.get(domain.uuid()))))
                                .toList())))
            .map(vms -> Reply.ok(new JsonObject().put("vms", vms))));
  }

  Future<Reply> get(RoutingContext context) {
    return database.inTransaction(transaction ->
        known(transaction, context.pathParam("vm"))
            .compose(domain ->
                points
                    .ofDomain(transaction, domain.uuid())
                    .map(chain ->
                        Reply.ok(
                            Views.vm(domain, chain.stream().findFirst())
                                .put("points", Views.points(chain))))));
  }

  /** The VM of that name or UUID; fails with a {@link Refusal} if there is no single one. */
  Future<Domain> known(io.vertx.sqlclient.SqlClient client, String nameOrUuid) {
    return domains
        .known(client, nameOrUuid)
        .compose(found ->
            switch (found) {
              case Domains.One one -> Future.succeededFuture(one.domain());
              case Domains.None none ->
                  Future.failedFuture(new Refusal(Refusal.Kind.NOT_FOUND, none.reason()));
            });
  }
}
