package io.tidemark.catalog.http;

import io.tidemark.catalog.access.Access;
import io.tidemark.catalog.access.Caller;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;

/** Logging in and out. */
final class SessionApi {
  private final Access access;
  private final SessionCookie cookie;

  SessionApi(Access access, SessionCookie cookie) {
    this.access = access;
    this.cookie = cookie;
  }

  Map<String, Answer> answers() {
    return Map.of(
        "getSession", context -> Future.succeededFuture(Reply.ok(view(Guard.caller(context)))),
        "login", this::login,
        "logout", this::logout,
        "changePassword", this::changePassword);
  }

  private Future<Reply> login(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    return access
        .login(address(context), body.required("user"), body.required("password"))
        .map(login -> {
          Caller caller = entered(context, login);
          return Reply.ok(view(Optional.of(caller)));
        });
  }

  private Future<Reply> logout(RoutingContext context) {
    // Read first: what the response clears, the request has no longer.
    Optional<String> ended = Guard.cookie(context);
    cookie.clear(context);
    return ended
        .map(value -> access.sessions().end(value))
        .orElseGet(Future::succeededFuture)
        .map(Reply.noContent());
  }

  private Future<Reply> changePassword(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    Caller caller = Guard.caller(context).orElseThrow();
    if (caller.session().isEmpty()) {
      throw new BadRequest(403, "Only somebody who has logged in has a password to change.");
    }
    return access
        .changePassword(
            address(context), caller.name(), body.required("current"), body.required("password"))
        .map(login -> {
          entered(context, login);
          return Reply.noContent();
        });
  }

  private Caller entered(RoutingContext context, Access.Login login) {
    return switch (login) {
      case Access.LoggedIn in -> {
        in.caller()
            .session()
            .flatMap(Caller.Session::renewed)
            .ifPresent(value -> cookie.set(context, value));
        yield in.caller();
      }
      case Access.Wrong wrong ->
          throw new BadRequest(401, "User or password are not right: try again.");
      case Access.TooMany many -> {
        context.response().putHeader("Retry-After", String.valueOf(many.pause().toSeconds()));
        throw new BadRequest(
            429,
            "There were too many wrong passwords: try again in "
                + Math.max(1, many.pause().toMinutes())
                + " minutes.");
      }
    };
  }

  private JsonObject view(Optional<Caller> caller) {
    Optional<Caller.Session> session = caller.flatMap(Caller::session);
    return new JsonObject()
        .put("auth", access.required())
        .put("user", access.required() ? caller.map(Caller::name).orElse(null) : null)
        .put("role", caller.map(known -> Words.of(known.role())).orElse(null))
        .put("csrfToken", session.map(Caller.Session::csrf).orElse(null))
        .put("expiresAt", Views.time(session.map(Caller.Session::expiresAt)));
  }

  private static String address(RoutingContext context) {
    return context.request().remoteAddress().hostAddress();
  }
}
