package io.tidemark.catalog.http;

import io.tidemark.catalog.domain.DomainStore;
import io.tidemark.catalog.point.Vault;
import io.tidemark.catalog.store.Database;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How the suite is. Answers whatever is down. */
final class StatusApi {
  private final Database database;
  private final DomainStore domains;
  private final Vault vault;
  private final Events events;

  StatusApi(Database database, DomainStore domains, Vault vault, Events events) {
    this.database = database;
    this.domains = domains;
    this.vault = vault;
    this.events = events;
  }

  Map<String, Answer> answers() {
    return Map.of("getStatus", context -> look().map(Reply::ok));
  }

  /** 200 while PostgreSQL and Kafka answer, else 503. */
  Future<Reply> health() {
    return look()
        .map(status -> {
          boolean up =
              status.getString("kafka").equals("up") && status.getString("postgres").equals("up");
          JsonObject body =
              new JsonObject()
                  .put("status", up ? "up" : "down")
                  .put("kafka", status.getString("kafka"))
                  .put("postgres", status.getString("postgres"))
                  .put("repository", status.getJsonObject("repository").getString("state"));
          return Reply.status(up ? 200 : 503, body);
        });
  }

  private Future<JsonObject> look() {
    Future<Boolean> kafka = events.healthy().otherwise(false);
    Future<Boolean> postgres = database.healthy();
    Future<List<String>> hypervisors = database.with(domains::hypervisors).otherwise(List.of());
    return Future.all(kafka, postgres, hypervisors)
        .map(all ->
            new JsonObject()
                .put("version", version())
                .put("kafka", word(kafka.result()))
                .put("postgres", word(postgres.result()))
                .put("repository", RepositoryView.of(vault))
                .put("hypervisors", new JsonArray(hypervisors.result())));
  }

  private static String word(boolean up) {
    return up ? "up" : "down";
  }

  private static String version() {
    return Optional.ofNullable(StatusApi.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
