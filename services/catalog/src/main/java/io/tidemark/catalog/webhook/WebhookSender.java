package io.tidemark.catalog.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what is due. A receiver has only so long, and only so many deliveries at once: one that
 * never answers keeps nobody else waiting. Its answer's body is not read, and redirects are not
 * followed. Confined to one context.
 */
public final class WebhookSender {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final int AT_ONCE = 32;
  private static final int AT_ONCE_TO_ONE = 2;
  private static final int LONGEST_ERROR = 500;

  private final Vertx vertx;
  private final Deliveries deliveries;
  private final WebhookTargets targets;
  private final Retries retries;
  private final long patienceMillis;
  private final HttpClient client;

  /** How many deliveries of a webhook are under way. */
  private final Map<String, Integer> underWay = new HashMap<>();

  private boolean claiming;
  private boolean closed;

  public WebhookSender(Vertx vertx, Deliveries deliveries, WebhookConfig config) {
    this.vertx = vertx;
    this.deliveries = deliveries;
    this.targets = new WebhookTargets(config.allowPrivate());
    this.retries = config.retries();
    this.patienceMillis = config.patience().toMillis();
    // No connection is kept: the next one may have to go to another address.
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setKeepAlive(false)
                .setConnectTimeout(Math.toIntExact(patienceMillis)),
            // All that may be under way could be for one server: none waits for another's place.
            new PoolOptions().setHttp1MaxSize(AT_ONCE));
  }

  /**
   * Begins to post what is due now, but nothing more to a webhook that still has something to
   * answer. Completes when that is under way: it is not waited for, since others may be due
   * meanwhile.
   */
  public Future<Void> tick() {
    int free = AT_ONCE - underWay.values().stream().mapToInt(Integer::intValue).sum();
    if (claiming || closed || free <= 0) {
      return Future.succeededFuture();
    }
    claiming = true;
    return deliveries
        .claim(free, AT_ONCE_TO_ONE, underWay.keySet())
        .onComplete(claimed -> claiming = false)
        .onSuccess(due -> due.forEach(this::begin))
        .mapEmpty();
  }

  /** Closes the connections. */
  public Future<Void> close() {
    closed = true;
    return client.close();
  }

  private void begin(Deliveries.Due due) {
    underWay.merge(due.webhook(), 1, Integer::sum);
    // One whose outcome could not be written down comes again when its lease has run out.
    Future<Void> unused = deliver(due).otherwiseEmpty().compose(done -> ended(due.webhook()));
  }

  private Future<Void> ended(String webhook) {
    int left = underWay.merge(webhook, -1, Integer::sum);
    if (left > 0) {
      return Future.succeededFuture();
    }
    underWay.remove(webhook);
    return tick();
  }

  private Future<Void> deliver(Deliveries.Due due) {
    return vertx
        .executeBlocking(() -> targets.resolve(due.url()), false)
        .timeout(patienceMillis, TimeUnit.MILLISECONDS)
        .compose(target -> post(due, target))
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

  /** Whatever comes of it, the connection is closed: else one that hangs would be kept for good. */
  private Future<Integer> status(HttpClientRequest request, String body) {
    return request
        .send(body)
        .map(WebhookSender::status)
        .timeout(patienceMillis, TimeUnit.MILLISECONDS)
        .onComplete(answered -> request.reset());
  }

  private static int status(HttpClientResponse response) {
    // Its end is what follows: nothing to be told of.
    response.exceptionHandler(reset -> LOG.trace("The rest of an answer is not read", reset));
    return response.statusCode();
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
