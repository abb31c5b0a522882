package io.tidemark.catalog.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Cursor.UnreadableCursorException;
import io.tidemark.catalog.store.DatabaseUnavailableException;
import io.tidemark.repository.NotARepositoryException;
import io.tidemark.repository.StorageException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as RFC 9457 describes it.
 *
 * @param detail one sentence that names the thing and says what to do
 */
record Problem(int status, String detail) {
  private static final String RETRY_SECONDS = "5";
  private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

  /** What a failure looks like from outside. */
  static Problem of(Throwable failure, RoutingContext context) {
    return switch (failure) {
      case BadRequest bad -> new Problem(bad.status(), bad.getMessage());
      case Refusal refusal -> new Problem(status(refusal.kind()), refusal.getMessage());
      case UnreadableCursorException cursor -> new Problem(400, cursor.getMessage());
      case DatabaseUnavailableException unavailable -> new Problem(503, unavailable.getMessage());
      case NotARepositoryException vanished -> new Problem(503, vanished.getMessage());
      case StorageException storage -> new Problem(503, storage.getMessage());
      case HttpException http -> ofStatus(http.getStatusCode(), context);
      default -> {
        LOG.error("A request failed [path: {}]", context.normalizedPath(), failure);
        yield new Problem(
            500,
            "The catalog failed in a way that it should not have; its log says more, at "
                + context.normalizedPath()
                + ".");
      }
    };
  }

  /** A bare status, for example of a path that there is not. */
  static Problem ofStatus(int status, RoutingContext context) {
    String where = context.request().method() + " " + context.normalizedPath();
    return new Problem(
        status,
        switch (status) {
          case 404 -> "There is nothing at " + where + ": the API is under /api/v1.";
          case 405 -> "The method of " + where + " is not one that can be used there.";
          case 413 -> "The body of " + where + " is larger than any request needs to be.";
          default -> "The request " + where + " could not be understood.";
        });
  }

  void send(RoutingContext context) {
    if (context.response().ended() || context.response().headWritten()) {
      context.response().reset();
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("detail", detail);
    if (status == 401) {
      context.response().putHeader("WWW-Authenticate", "Bearer realm=\"tidemark\"");
    }
    if (status == 503 && !context.response().headers().contains(HttpHeaders.RETRY_AFTER)) {
      context.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(body.toBuffer());
  }

  private static int status(Refusal.Kind kind) {
    return switch (kind) {
      case NOT_FOUND -> 404;
      case INVALID -> 422;
      case CONFLICT -> 409;
      case UNAVAILABLE -> 503;
    };
  }
}
