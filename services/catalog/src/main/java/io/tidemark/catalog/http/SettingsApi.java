package io.tidemark.catalog.http;

import io.tidemark.catalog.ApiConfig;
import io.tidemark.catalog.domain.DomainList;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Settings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the suite is told, and what it stands on. */
final class SettingsApi {
  private final Database database;
  private final Vault vault;
  private final ApiConfig config;
  private final Settings settings = new Settings();
  private final DomainList domains = new DomainList();

  SettingsApi(Database database, Vault vault, ApiConfig config) {
    this.database = database;
    this.vault = vault;
    this.config = config;
  }

  Map<String, Answer> answers() {
    return Map.of("getSettings", this::get, "putSettings", this::put);
  }

  private Future<Reply> get(RoutingContext context) {
    return database.with(settings::get).compose(this::reply);
  }

  private Future<Reply> put(RoutingContext context) {
    int hours = RequestBody.of(context).number("atRiskAfterHours", 0);
    return database
        .with(client -> settings.put(client, ETags.seen(context), hours))
        .compose(values ->
            values
                .map(this::reply)
                .orElseGet(() -> Future.failedFuture(ETags.outdated("The configuration"))));
  }

  private Future<Reply> reply(Settings.Values values) {
    return database
        .with(domains::hypervisors)
        .map(hypervisors -> ETags.on(Reply.ok(json(values, hypervisors)), values.version()));
  }

  private JsonObject json(Settings.Values values, List<DomainList.HypervisorCount> hypervisors) {
    return new JsonObject()
        .put("atRiskAfterHours", values.atRiskAfterHours())
        .put(
            "hypervisors",
            new JsonArray(hypervisors.stream().map(SettingsApi::hypervisor).toList()))
        .put("repository", RepositoryView.of(vault))
        .put(
            "restoreRoots",
            new JsonArray(config.restoreRoots().stream().map(Path::toString).toList()))
        .put(
            "access",
            new JsonObject()
                .put("auth", config.access().auth())
                .put("tls", config.access().tls().isPresent()));
  }

  private static JsonObject hypervisor(DomainList.HypervisorCount hypervisor) {
    return new JsonObject()
        .put("name", hypervisor.name())
        .put("vms", hypervisor.vms())
        .put("lastSeenAt", Views.time(hypervisor.lastSeen()));
  }
}
