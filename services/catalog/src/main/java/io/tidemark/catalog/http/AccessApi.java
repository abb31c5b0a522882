package io.tidemark.catalog.http;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.access.Access;
import io.tidemark.catalog.access.Account;
import io.tidemark.catalog.access.AuditLog;
import io.tidemark.catalog.access.Role;
import io.tidemark.catalog.access.Token;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** Users, tokens and the audit log. */
final class AccessApi {
  private static final int DEFAULT_DAYS = 90;

  private final Access access;

  AccessApi(Access access) {
    this.access = access;
  }

  Map<String, Answer> answers() {
    return Map.of(
        "listTokens", this::tokens,
        "createToken", this::makeToken,
        "revokeToken", this::revokeToken,
        "listUsers", this::users,
        "getUser", this::user,
        "createUser", this::addUser,
        "putUser", this::changeUser,
        "deleteUser", this::removeUser,
        "listAudit", this::audit);
  }

  private Future<Reply> tokens(RoutingContext context) {
    return access
        .tokens()
        .page(Query.text(context, "cursor"), Query.limit(context))
        .map(page -> Reply.ok(Views.page("tokens", page.map(AccessApi::view))));
  }

  private Future<Reply> makeToken(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    return access
        .tokens()
        .make(
            body.required("name"),
            role(body),
            body.number("expiresInDays", DEFAULT_DAYS),
            Guard.name(context))
        .map(made ->
            Reply.created(
                new JsonObject().put("token", view(made.token())).put("secret", made.secret())));
  }

  private Future<Reply> revokeToken(RoutingContext context) {
    return access.tokens().revoke(context.pathParam("id")).map(done -> Reply.noContent());
  }

  private Future<Reply> users(RoutingContext context) {
    return access
        .accounts()
        .page(Query.text(context, "cursor"), Query.limit(context))
        .map(page -> Reply.ok(Views.page("users", page.map(AccessApi::view))));
  }

  private Future<Reply> user(RoutingContext context) {
    return known(context.pathParam("name"))
        .map(account -> ETags.on(Reply.ok(view(account)), account.version()));
  }

  private Future<Reply> addUser(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    return access
        .accounts()
        .add(body.required("name"), role(body), body.required("password"))
        .map(account -> ETags.on(Reply.created(view(account)), account.version()));
  }

  private Future<Reply> changeUser(RoutingContext context) {
    RequestBody body = RequestBody.of(context);
    String name = context.pathParam("name");
    long seen = ETags.seen(context);
    return known(name)
        .compose(account -> access.accounts().change(name, seen, role(body), body.text("password")))
        .map(changed -> {
          Account account = changed.orElseThrow(() -> ETags.outdated("User '" + name + "'"));
          return ETags.on(Reply.ok(view(account)), account.version());
        });
  }

  private Future<Reply> removeUser(RoutingContext context) {
    return access.accounts().remove(context.pathParam("name")).map(done -> Reply.noContent());
  }

  private Future<Reply> audit(RoutingContext context) {
    return access
        .audit()
        .page(Query.text(context, "actor"), Query.text(context, "cursor"), Query.limit(context))
        .map(page -> Reply.ok(Views.page("entries", page.map(AccessApi::view))));
  }

  private Future<Account> known(String name) {
    return access
        .accounts()
        .get(name)
        .map(account ->
            account.orElseThrow(() ->
                new Refusal(
                    Refusal.Kind.NOT_FOUND,
                    "There is no user '" + name + "': look at the list of users.")));
  }

  private static Role role(RequestBody body) {
    return Words.parse(Role.class, body.required("role"));
  }

  private static JsonObject view(Token token) {
    return new JsonObject()
        .put("id", token.id())
        .put("name", token.name())
        .put("role", Words.of(token.role()))
        .put("createdAt", token.createdAt().toString())
        .put("createdBy", token.createdBy())
        .put("expiresAt", token.expiresAt().toString())
        .put("lastUsedAt", Views.time(token.lastUsedAt()));
  }

  private static JsonObject view(Account account) {
    return new JsonObject()
        .put("name", account.name())
        .put("role", Words.of(account.role()))
        .put("createdAt", account.createdAt().toString())
        .put("lastLoginAt", Views.time(account.lastLoginAt()));
  }

  private static JsonObject view(AuditLog.Entry entry) {
    AuditLog.Deed deed = entry.deed();
    return new JsonObject()
        .put("id", entry.id())
        .put("at", entry.at().toString())
        .put("actor", deed.actor())
        .put("role", deed.role().orElse(null))
        .put("address", deed.address())
        .put("operation", deed.operation())
        .put("path", deed.path())
        .put("status", deed.status())
        .put("detail", deed.detail().orElse(null));
  }
}
