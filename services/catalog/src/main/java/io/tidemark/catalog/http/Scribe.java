package io.tidemark.catalog.http;

import io.tidemark.catalog.access.AuditLog;
import io.tidemark.catalog.access.Caller;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes every request that may change something into the audit log before it is answered. */
final class Scribe {
  private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);

  private final AuditLog audit;

  Scribe(AuditLog audit) {
    this.audit = audit;
  }

  /** Completes when it is written, or can't be: the answer is not kept back for that. */
  Future<Void> record(
      RoutingContext context, Operation operation, int status, Optional<String> detail) {
    if (!operation.changes()) {
      return Future.succeededFuture();
    }
    AuditLog.Deed deed =
        new AuditLog.Deed(
            actor(context, operation),
            Guard.caller(context).map(Caller::role).map(Words::of),
            context.request().remoteAddress().hostAddress(),
            operation.id(),
            context.request().path(),
            status,
            detail);
    return audit
        .record(deed)
        .recover(failure -> {
          LOG.error("A deed could not be written into the audit log: {}", deed, failure);
          return Future.succeededFuture();
        });
  }

  /** Whoever logs in is known only by what is said. */
  private static String actor(RoutingContext context, Operation operation) {
    if (operation.id().equals("login") && context.body().buffer() != null) {
      try {
        JsonObject body = context.body().asJsonObject();
        return body == null ? "anonymous" : String.valueOf(body.getValue("user"));
      } catch (RuntimeException e) {
        return "anonymous";
      }
    }
    return Guard.name(context);
  }
}
