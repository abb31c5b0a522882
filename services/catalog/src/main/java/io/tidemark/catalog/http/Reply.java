package io.tidemark.catalog.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;

/** What is answered to a request. */
record Reply(int status, Optional<JsonObject> body, Map<String, String> headers) {

  static Reply ok(JsonObject body) {
    return new Reply(200, Optional.of(body), Map.of());
  }

  /** The work is begun; {@code location} is where to look after it. */
  static Reply accepted(JsonObject job) {
    String location = "/api/v1/jobs/" + job.getString("id");
    return new Reply(202, Optional.of(job), Map.of("Location", location));
  }

  static Reply noContent() {
    return new Reply(204, Optional.empty(), Map.of());
  }

  static Reply status(int status, JsonObject body) {
    return new Reply(status, Optional.of(body), Map.of());
  }

  void send(RoutingContext context) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context.response().setStatusCode(status);
    headers.forEach(context.response()::putHeader);
    if (body.isEmpty()) {
      context.response().end();
      return;
    }
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(body.get().toBuffer());
  }
}
