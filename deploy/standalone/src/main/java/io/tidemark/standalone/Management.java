package io.tidemark.standalone;

import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/**
 * A process' figures ({@code /metrics}, in the text format of Prometheus) and whether its services
 * run ({@code /health}), on a port of their own.
 */
final class Management {
  private final Vertx vertx;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private Optional<HttpServer> server = Optional.empty();
  private volatile boolean ready;

  Management(Vertx vertx) {
    this.vertx = vertx;
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Takes the figures of all that runs in this process. */
  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Listens; fails when the address is taken. */
  Future<Void> listen(HostPort address) {
    return vertx
        .createHttpServer()
        .requestHandler(this::answer)
        .listen(address.port(), address.host())
        .onSuccess(listening -> server = Optional.of(listening))
        .mapEmpty();
  }

  /** The port that it listens on, if it does. */
  Optional<Integer> port() {
    return server.map(HttpServer::actualPort);
  }

  /** From now on the services run. */
  void ready() {
    ready = true;
  }

  Future<Void> close() {
    return server.map(HttpServer::close).orElseGet(Future::succeededFuture);
  }

  private void answer(HttpServerRequest request) {
    switch (request.path()) {
      case "/metrics" ->
          vertx
              .executeBlocking(registry::scrape, false)
              .onSuccess(text -> send(request, 200, "text/plain; version=0.0.4", text))
              .onFailure(e -> send(request, 500, "text/plain", "The figures can't be had.\n"));
      case "/health" ->
          send(request, ready ? 200 : 503, "application/json", "{\"ready\":" + ready + "}\n");
      case null, default -> send(request, 404, "text/plain", "There are /metrics and /health.\n");
    }
  }

  private static void send(HttpServerRequest request, int status, String type, String body) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", type)
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(body);
  }
}
