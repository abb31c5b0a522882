package io.tidemark.catalog.http;

import io.tidemark.catalog.access.Access;
import io.tidemark.catalog.access.Caller;
import io.tidemark.catalog.access.Role;
import io.tidemark.catalog.access.Secrets;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;

/** Lets a request in if whoever sends it may. */
final class Guard {
  private static final String CALLER = Guard.class.getName();
  private static final String STILL = Guard.class.getName() + ".still";
  private static final String BEARER = "bearer ";

  private final Access access;
  private final SessionCookie cookie;

  Guard(Access access, SessionCookie cookie) {
    this.access = access;
    this.cookie = cookie;
  }

  /**
   * Finds out who sends the request, and whether it may.
   *
   * @return fails with a {@link BadRequest} of 401 or 403 if not
   */
  Future<Void> admit(RoutingContext context, Operation operation) {
    if (!access.required() && !LocalNames.names(context.request())) {
      return Future.failedFuture(
          new BadRequest(
              403,
              "Tidemark is open here to this host alone: use its address 127.0.0.1, or start it"
                  + " with --auth."));
    }
    Optional<String> token = bearer(context.request());
    return access
        .caller(token, token.isPresent() ? Optional.empty() : cookie(context))
        .compose(caller -> {
          caller.ifPresent(known -> {
            context.put(CALLER, known);
            context.put(STILL, again(known, token, operation));
          });
          caller
              .flatMap(Caller::session)
              .flatMap(Caller.Session::renewed)
              .ifPresent(fresh -> cookie.set(context, fresh));
          return judge(context, operation, caller, token.isPresent());
        });
  }

  /**
   * What finds out, as often as it is asked, whether the request would still be let in: a token may
   * be revoked while an answer is long under way, a session ended or a role lowered.
   */
  static Supplier<Future<Boolean>> still(RoutingContext context) {
    Supplier<Future<Boolean>> still = context.get(STILL);
    return still == null ? () -> Future.succeededFuture(false) : still;
  }

  private Supplier<Future<Boolean>> again(
      Caller caller, Optional<String> token, Operation operation) {
    return () ->
        access
            .again(caller, token)
            .map(now ->
                now.filter(known ->
                        operation.role().filter(role -> !known.role().includes(role)).isEmpty())
                    .isPresent());
  }

  /** Who sends the request, once that is known. */
  static Optional<Caller> caller(RoutingContext context) {
    return Optional.ofNullable(context.get(CALLER));
  }

  /** What to call whoever sends the request. */
  static String name(RoutingContext context) {
    return caller(context).map(Caller::name).orElse("anonymous");
  }

  static Optional<String> cookie(RoutingContext context) {
    return Optional.ofNullable(context.request().getCookie(SessionCookie.NAME))
        .map(Cookie::getValue)
        .filter(value -> !value.isEmpty());
  }

  private static Future<Void> judge(
      RoutingContext context, Operation operation, Optional<Caller> caller, boolean byToken) {
    if (operation.role().isPresent()) {
      if (caller.isEmpty()) {
        return Future.failedFuture(unknown(byToken));
      }
      Role needed = operation.role().get();
      if (!caller.get().role().includes(needed)) {
        return Future.failedFuture(tooLow(caller.get(), needed));
      }
    }
    boolean forged =
        operation.changes()
            && caller
                .flatMap(Caller::session)
                .map(Caller.Session::csrf)
                .filter(csrf -> !Secrets.same(csrf, csrfHeader(context)))
                .isPresent();
    return forged ? Future.failedFuture(withoutCsrf()) : Future.succeededFuture();
  }

  private static BadRequest unknown(boolean byToken) {
    return new BadRequest(
        401,
        byToken
            ? "The token is not valid, or no longer: ask an admin for a new one."
            : "Say who you are: log in, or send a token as 'Authorization: Bearer …'.");
  }

  private static BadRequest tooLow(Caller caller, Role needed) {
    return new BadRequest(
        403,
        "This takes the role "
            + Words.of(needed)
            + ", and "
            + caller.name()
            + " is "
            + Words.of(caller.role())
            + ": ask an admin.");
  }

  private static BadRequest withoutCsrf() {
    return new BadRequest(
        403,
        "The request lacks the session's csrfToken in X-CSRF-Token: read it from"
            + " /api/v1/session.");
  }

  private static String csrfHeader(RoutingContext context) {
    return Optional.ofNullable(context.request().getHeader("X-CSRF-Token")).orElse("");
  }

  private static Optional<String> bearer(HttpServerRequest request) {
    return Optional.ofNullable(request.getHeader("Authorization"))
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(value -> value.substring(BEARER.length()).strip());
  }
}
