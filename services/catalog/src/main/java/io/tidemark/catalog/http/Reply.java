package io.tidemark.catalog.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is answered to a request.
 *
 * @param status 0 if the response is in other hands already
 */
record Reply(int status, Optional<Content> content, Map<String, String> headers) {

  /** A body and its media type. */
  record Content(String type, Buffer bytes) {}

  Reply {
    headers = Map.copyOf(headers);
  }

  static Reply ok(JsonObject body) {
    return status(200, body);
  }

  static Reply created(JsonObject body) {
    return status(201, body);
  }

  /** The work is begun; {@code location} is where to look after it. */
  static Reply accepted(JsonObject job) {
    return status(202, job).with("Location", "/api/v1/jobs/" + job.getString("id"));
  }

  static Reply noContent() {
    return new Reply(204, Optional.empty(), Map.of());
  }

  static Reply status(int status, JsonObject body) {
    return new Reply(
        status, Optional.of(new Content("application/json", body.toBuffer())), Map.of());
  }

  static Reply of(String type, Buffer bytes) {
    return new Reply(200, Optional.of(new Content(type, bytes)), Map.of());
  }

  /** Nothing is to be sent: somebody else writes the response. */
  static Reply taken() {
    return new Reply(0, Optional.empty(), Map.of());
  }

  /** The same with another header. */
  Reply with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Reply(status, content, more);
  }

  void send(RoutingContext context) {
    if (status == 0 || context.response().ended() || context.response().closed()) {
      return;
    }
    context.response().setStatusCode(status);
    headers.forEach(context.response()::putHeader);
    if (content.isEmpty()) {
      context.response().end();
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, content.get().type())
        .end(content.get().bytes());
  }
}
