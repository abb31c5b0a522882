package io.tidemark.catalog.http;

import io.tidemark.catalog.access.Secrets;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.contract.Parameter;
import io.tidemark.catalog.store.Idempotency;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** Answers a request that was sent again, by its Idempotency-Key, as it was answered before. */
final class Repeats {
  private static final String HEADER = "Idempotency-Key";

  private final Idempotency kept;

  Repeats(Idempotency kept) {
    this.kept = kept;
  }

  /** Answers anew, or as before. Only what has begun work is kept. */
  Future<Reply> once(RoutingContext context, Operation operation, Answer answer) {
    Optional<String> key = Optional.ofNullable(context.request().getHeader(HEADER));
    if (key.isEmpty() || !operation.has(Parameter.Place.HEADER, HEADER)) {
      return answer.to(context);
    }
    Idempotency.Request request =
        new Idempotency.Request(
            Guard.name(context),
            key.get(),
            operation.id(),
            Buffer.buffer(Secrets.digest(context.body().asString())));
    return kept.reserve(request)
        .compose(found ->
            switch (found) {
              case Idempotency.Fresh fresh -> anew(context, answer, request);
              case Idempotency.Answered answered -> Future.succeededFuture(reply(answered.kept()));
              case Idempotency.InWork working ->
                  Future.failedFuture(
                      new BadRequest(
                          409,
                          "A request with this Idempotency-Key is being answered: send it again in"
                              + " a moment."));
              case Idempotency.Another another ->
                  Future.failedFuture(
                      new BadRequest(
                          422,
                          "This Idempotency-Key was used for another request: use a new one."));
            });
  }

  private Future<Reply> anew(RoutingContext context, Answer answer, Idempotency.Request request) {
    return Future.succeededFuture()
        .compose(begun -> answer.to(context))
        .compose(
            reply -> kept.keep(request, kept(reply)).map(reply),
            failure -> kept.release(request).transform(released -> Future.failedFuture(failure)));
  }

  private static Idempotency.Kept kept(Reply reply) {
    JsonObject headers = new JsonObject();
    reply.headers().forEach(headers::put);
    return new Idempotency.Kept(
        reply.status(),
        headers,
        reply.content().map(content -> content.bytes().toString()).orElse(""));
  }

  private static Reply reply(Idempotency.Kept kept) {
    Reply reply =
        new Reply(
            kept.status(),
            Optional.of(new Reply.Content("application/json", Buffer.buffer(kept.body()))),
            java.util.Map.of());
    for (String name : kept.headers().fieldNames()) {
      reply = reply.with(name, kept.headers().getString(name));
    }
    return reply;
  }
}
