package io.tidemark.catalog.http;

import io.vertx.ext.web.RoutingContext;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The parameters of a request that was looked at. */
final class Query {
  private static final int DEFAULT_LIMIT = 100;

  private Query() {}

  static Optional<String> text(RoutingContext context, String name) {
    return context.queryParam(name).stream().findFirst();
  }

  static int number(RoutingContext context, String name, int otherwise) {
    return text(context, name).map(Integer::valueOf).orElse(otherwise);
  }

  static Optional<OffsetDateTime> time(RoutingContext context, String name) {
    return text(context, name).map(OffsetDateTime::parse);
  }

  /** How many items, and after which. */
  static int limit(RoutingContext context) {
    return number(context, "limit", DEFAULT_LIMIT);
  }
}
