package io.tidemark.catalog.http;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/**
 * Answers an operation of the contract. The request was looked at: its parameters and its body are
 * as the contract says. A failed Future is answered with the {@link Problem} that it stands for.
 */
@FunctionalInterface
interface Answer {
  Future<Reply> to(RoutingContext context);
}
