package io.tidemark.catalog.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what is due. A receiver has ten seconds; its answer's body is not read, and redirects are
 * not followed. Confined to one context.
 */
public final class WebhookSender {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int AT_ONCE = 10;
  private static final int LONGEST_ERROR = 500;

  private final Vertx vertx;
  private final Deliveries deliveries;
  private final WebhookTargets targets;
  private final Retries retries;
  private final HttpClient client;

  /**
   * @param allowPrivate whether to loopback and private addresses too
   */
  public WebhookSender(Vertx vertx, Deliveries deliveries, boolean allowPrivate, Retries retries) {
    this.vertx = vertx;
    this.deliveries = deliveries;
    this.targets = new WebhookTargets(allowPrivate);
    this.retries = retries;
    // No connection is kept: the next one may have to go to another address.
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(Math.toIntExact(PATIENCE.toMillis())));
  }

  /** Posts what is due now; completes when it is all answered, or has been given up for now. */
  public Future<Void> tick() {
    return deliveries
        .claim(AT_ONCE)
        .compose(due ->
            Future.join(due.stream().map(this::deliver).toList())
                .otherwiseEmpty()
                .compose(done -> due.size() == AT_ONCE ? tick() : Future.<Void>succeededFuture()));
  }

  /** Closes the connections. */
  public Future<Void> close() {
    return client.close();
  }

  private Future<Void> deliver(Deliveries.Due due) {
    return vertx
        .executeBlocking(() -> targets.resolve(due.url()), false)
        .compose(target -> post(due, target))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .compose(
            status -> answered(due, status),
            failure -> failed(due, Optional.empty(), reason(failure)));
  }

  private Future<Integer> post(Deliveries.Due due, WebhookTargets.Target target) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            // What was looked up and judged is what is connected to, whatever the name says by now.
            .setServer(
                SocketAddress.inetSocketAddress(target.port(), target.address().getHostAddress()))
            .setHost(target.uri().getHost())
            .setPort(target.port())
            .setSsl(target.tls())
            .setURI(target.path())
            .setFollowRedirects(false)
            .putHeader("Content-Type", "application/cloudevents+json; charset=UTF-8")
            .putHeader("User-Agent", "Tidemark")
            .putHeader("Tidemark-Delivery", String.valueOf(due.id()))
            .putHeader("Tidemark-Event", due.type())
            .putHeader("Tidemark-Signature", Signature.of(due.secret(), Instant.now(), due.body()));
    return client.request(options).compose(request -> status(request, due.body()));
  }

  private static Future<Integer> status(HttpClientRequest request, String body) {
    return request
        .send(body)
        .map(response -> {
          int status = response.statusCode();
          request.reset();
          return status;
        });
  }

  private Future<Void> answered(Deliveries.Due due, int status) {
    return status / 100 == 2
        ? deliveries.delivered(due.id(), status)
        : failed(due, Optional.of(status), "The receiver answered with status " + status + ".");
  }

  private Future<Void> failed(Deliveries.Due due, Optional<Integer> status, String error) {
    Optional<Duration> pause = retries.after(due.attempts());
    if (pause.isEmpty()) {
      LOG.warn(
          "An event could not be delivered: {} [delivery: {}, url: {}]",
          error,
          due.id(),
          due.url());
      return deliveries.dead(due.id(), status, error);
    }
    return deliveries.retry(due.id(), status, error, pause.get());
  }

  private static String reason(Throwable failure) {
    String text =
        Optional.ofNullable(failure.getMessage()).orElseGet(() -> failure.getClass().getName());
    return text.substring(0, Math.min(LONGEST_ERROR, text.length())).replace("\0", "");
  }
}
