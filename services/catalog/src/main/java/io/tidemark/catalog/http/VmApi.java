package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.domain.Domain;
import io.tidemark.catalog.domain.DomainList;
import io.tidemark.catalog.domain.Domains;
import io.tidemark.catalog.domain.VmProtection;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** The VMs and what protects them. */
final class VmApi {
  /** How many points come with a VM. */
  private static final int POINTS = 200;

  private final Database database;
  private final DomainList list = new DomainList();
  private final Domains domains;
  private final PointStore points;

  VmApi(Database database, Domains domains, PointStore points) {
    this.database = database;
    this.domains = domains;
    this.points = points;
  }

  Map<String, Answer> answers() {
    return Map.of("listVms", this::list, "getVm", this::get);
  }

  private Future<Reply> list(RoutingContext context) {
    return database
        .with(client ->
            list.page(
                client,
                Query.text(context, "protection")
                    .map(word -> Words.parse(VmProtection.class, word)),
                Query.text(context, "q"),
                Query.text(context, "cursor"),
                Query.limit(context)))
        .map(page -> Reply.ok(Views.page("vms", page.map(Views::vm))));
  }

  private Future<Reply> get(RoutingContext context) {
    return database.inTransaction(transaction ->
        known(transaction, context.pathParam("vm"))
            .compose(domain -> list.get(transaction, domain.uuid()))
            .compose(shown ->
                points
                    .newestOf(transaction, shown.orElseThrow().domain().uuid(), POINTS)
                    .map(chain ->
                        Reply.ok(
                            Views.vm(shown.orElseThrow()).put("points", Views.points(chain))))));
  }

  /** The same, outside of a transaction. */
  Future<Domain> known(String nameOrUuid) {
    return database.with(client -> known(client, nameOrUuid));
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
