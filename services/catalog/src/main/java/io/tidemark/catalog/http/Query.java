package io.tidemark.catalog.http;

import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
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
    return text(context, name).map(text -> time(name, text));
  }

  /** What looks like a time may still be no day or second that there is. */
  private static OffsetDateTime time(String name, String text) {
    try {
      return OffsetDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new BadRequest(
          "The parameter '" + name + "' is no time that there is: '" + text + "'.");
    }
  }

  /** How many items, and after which. */
  static int limit(RoutingContext context) {
    return number(context, "limit", DEFAULT_LIMIT);
  }
}
