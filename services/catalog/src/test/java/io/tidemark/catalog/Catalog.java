package io.tidemark.catalog;

import io.tidemark.catalog.access.Accounts;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.repository.Repository;
import io.tidemark.runtime.Events;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A running catalog and what tests do with it. */
final class Catalog {
  private static final Duration PATIENT = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final Bus bus;
  private final CatalogConfig config;
  private final HttpClient http = HttpClient.newHttpClient();
  private CatalogVerticle verticle;
  private Map<String, String> headers = Map.of();
  private String deployment;

  private Catalog(Vertx vertx, Bus bus, CatalogConfig config) {
    this.vertx = vertx;
    this.bus = bus;
    this.config = config;
  }

  /** One that waits patiently for others, not started yet. */
  static Catalog on(String postgresUri, Path repository) {
    return on(postgresUri, repository, PATIENT);
  }

  /** One that waits for others as long as said, not started yet. */
  static Catalog on(String postgresUri, Path repository, Duration patience) {
    Vertx vertx = Vertx.vertx();
    LoopbackEvents events = new LoopbackEvents(vertx);
    return on(vertx, new Bus(events, events::all), config(postgresUri, repository, patience));
  }

  /** One with another API, not started yet. */
  static Catalog on(String postgresUri, Path repository, ApiConfig api) {
    Vertx vertx = Vertx.vertx();
    LoopbackEvents events = new LoopbackEvents(vertx);
    return on(
        vertx, new Bus(events, events::all), config(postgresUri, repository, PATIENT).withApi(api));
  }

  /** One with other time-outs, not started yet. */
  static Catalog on(String postgresUri, Path repository, Timeouts timeouts) {
    Vertx vertx = Vertx.vertx();
    LoopbackEvents events = new LoopbackEvents(vertx);
    return on(
        vertx,
        new Bus(events, events::all),
        new CatalogConfig(repository, postgresUri, "127.0.0.1", 0).withTimeouts(timeouts));
  }

  /** One on a bus of the caller's, not started yet. */
  static Catalog on(Vertx vertx, Bus bus, CatalogConfig config) {
    return new Catalog(vertx, bus, config);
  }

  static CatalogConfig config(String postgresUri, Path repository, Duration patience) {
    CatalogConfig config =
        new CatalogConfig(repository, postgresUri, "127.0.0.1", 0).withTimeouts(timeouts(patience));
    return config;
  }

  /**
   * The events that a catalog is connected to.
   *
   * @param seen everything that was published so far
   */
  record Bus(Events events, Supplier<List<EventEnvelope<Event>>> seen) {}

  /** Every time-out the same, and looking often. */
  static Timeouts timeouts(Duration all) {
    Duration often = Duration.ofMillis(100);
    return new Timeouts(all, all, all, all, all, all, all, all, all, all, all, all, often, often);
  }

  Catalog start() throws Exception {
    verticle = new CatalogVerticle(config, bus.events());
    deployment =
        vertx
            .deployVerticle(verticle)
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    return this;
  }

  Catalog stop() throws Exception {
    stopping().get(30, TimeUnit.SECONDS);
    return this;
  }

  CompletableFuture<Void> stopping() {
    return vertx.undeploy(deployment).toCompletionStage().toCompletableFuture();
  }

  /** Another catalog on the same events and repository, but with another database. */
  Catalog withDatabase(String postgresUri) {
    return new Catalog(
        vertx,
        bus,
        new CatalogConfig(config.repository(), postgresUri, "127.0.0.1", 0)
            .withTimeouts(config.timeouts()));
  }

  /** Another catalog on the same events. */
  Catalog with(CatalogConfig other) {
    return new Catalog(vertx, bus, other);
  }

  Repository repository() {
    return Repository.openOrCreate(config.repository());
  }

  void publish(Event event) {
    bus.events().publish(UUID.randomUUID().toString(), event).await();
  }

  void publish(EventEnvelope<?> envelope) {
    bus.events().publish(envelope).await();
  }

  /** The first event of that type that fits, now or as soon as it comes. */
  <E extends Event> E await(Class<E> type, Predicate<E> fits) throws InterruptedException {
    return Await.until(type.getSimpleName(), () -> all(type).stream().filter(fits).findFirst());
  }

  /** Every event of that type so far, each once. */
  <E extends Event> List<E> all(Class<E> type) {
    return bus.seen().get().stream()
        .distinct()
        .map(EventEnvelope::event)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** Sends these headers with every request from now on. */
  Catalog sending(Map<String, String> others) {
    headers = Map.copyOf(others);
    return this;
  }

  /** Sends this token with every request from now on. */
  Catalog as(String token) {
    return sending(Map.of("Authorization", "Bearer " + token));
  }

  /** The account that the first start has made. */
  Accounts.First firstAccount() {
    return verticle.firstAccount().orElseThrow();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + verticle.httpPort() + path);
  }

  /** Sends a request; every answer of the API is checked against the contract. */
  HttpResponse<String> send(HttpRequest.Builder request) {
    headers.forEach(request::setHeader);
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      ContractCheck.check(response);
      return response;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  JsonObject json(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
    }
    return new JsonObject(response.body());
  }

  HttpResponse<String> post(String path, String body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> put(String path, String etag, String body) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .header("If-Match", etag)
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> delete(String path) {
    return send(HttpRequest.newBuilder(uri(path)).DELETE());
  }

  /** The job when it has ended. */
  JsonObject ended(String id) {
    return json("/api/v1/jobs/" + id + "?wait=30");
  }

  Optional<JsonObject> job(String id) {
    HttpResponse<String> response = get("/api/v1/jobs/" + id);
    return response.statusCode() == 200
        ? Optional.of(new JsonObject(response.body()))
        : Optional.empty();
  }

  /** Stops everything. */
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
