package io.tidemark.checkpointer;

import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One thing at a time for each domain: libvirt blocks for half a minute when two jobs of a domain
 * meet. Confined to one context.
 */
final class Turns {
  private final Map<String, Future<Void>> last = new HashMap<>();

  /** Does it when all that was asked for this domain before is over, however that went. */
  Future<Void> take(String domainUuid, Supplier<Future<Void>> action) {
    Future<Void> before = last.getOrDefault(domainUuid, Future.succeededFuture());
    Future<Void> mine = before.transform(v -> action.get());
    last.put(domainUuid, mine);
    return mine;
  }
}
