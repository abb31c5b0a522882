package io.tidemark.catalog.access;

import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;

/** Finds out who sends a request. */
public final class Access {
  private final boolean required;
  private final Accounts accounts;
  private final Tokens tokens;
  private final Sessions sessions;
  private final LoginLimit limit;
  private final AuditLog audit;

  /** How a log-in ended. */
  public sealed interface Login {}

  /** It was the right password. */
  public record LoggedIn(Caller caller) implements Login {}

  /** It was not, or there is no such account: which of the two is nobody's business. */
  public record Wrong() implements Login {}

  /** There were too many attempts. */
  public record TooMany(Duration pause) implements Login {}

  public Access(Vertx vertx, Database database, AccessConfig config) {
    Secrets secrets = new Secrets();
    this.required = config.auth();
    this.accounts = new Accounts(database, new Passwords(vertx, secrets), secrets);
    this.tokens = new Tokens(database, secrets);
    this.sessions = new Sessions(database, secrets);
    this.limit = new LoginLimit(database);
    this.audit = new AuditLog(database);
  }

  /** Whether one has to say who one is. */
  public boolean required() {
    return required;
  }

  /** The accounts. */
  public Accounts accounts() {
    return accounts;
  }

  /** The tokens. */
  public Tokens tokens() {
    return tokens;
  }

  /** The sessions. */
  public Sessions sessions() {
    return sessions;
  }

  /** Who did what. */
  public AuditLog audit() {
    return audit;
  }

  /** Who somebody is; empty for a token or cookie that is none, and for somebody with neither. */
  public Future<Optional<Caller>> caller(Optional<String> token, Optional<String> cookie) {
    if (!required) {
      return Future.succeededFuture(Optional.of(Caller.local()));
    }
    return token
        .map(tokens::caller)
        .or(() -> cookie.map(sessions::caller))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  /**
   * Whether somebody who was let in with that token, or in that session, is still who it was.
   * Renews nothing.
   */
  public Future<Optional<Caller>> again(Caller caller, Optional<String> token) {
    if (!required) {
      return Future.succeededFuture(Optional.of(caller));
    }
    return token
        .map(tokens::caller)
        .or(() -> caller.session().map(sessions::again))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  /** Begins a session for whoever knows the password. */
  public Future<Login> login(String address, String name, String password) {
    return prove(address, name, password)
        .compose(proof ->
            switch (proof) {
              case Proven proven -> sessions.begin(proven.account()).<Login>map(LoggedIn::new);
              case Refuted refuted -> Future.succeededFuture(refuted.how());
            });
  }

  /**
   * Sets one's own new password, and ends one's sessions; begins a new one.
   *
   * @return as {@link #login}
   */
  public Future<Login> changePassword(
      String address, String name, String current, String password) {
    return prove(address, name, current)
        .compose(proof ->
            switch (proof) {
              case Proven proven ->
                  accounts
                      .change(
                          name,
                          proven.account().version(),
                          proven.account().role(),
                          Optional.of(password))
                      .compose(changed ->
                          changed
                              .map(account -> sessions.begin(account).<Login>map(LoggedIn::new))
                              .orElseGet(() -> Future.succeededFuture(new Wrong())));
              case Refuted refuted -> Future.succeededFuture(refuted.how());
            });
  }

  private sealed interface Proof {}

  private record Proven(Account account) implements Proof {}

  private record Refuted(Login how) implements Proof {}

  private Future<Proof> prove(String address, String name, String password) {
    return limit
        .attempt(address, name)
        .compose(pause ->
            pause.isPresent()
                ? Future.<Proof>succeededFuture(new Refuted(new TooMany(pause.get())))
                : accounts
                    .prove(name, password)
                    .compose(account ->
                        account.isEmpty()
                            ? Future.<Proof>succeededFuture(new Refuted(new Wrong()))
                            : limit
                                .succeeded(address, name)
                                .<Proof>map(new Proven(account.get()))));
  }
}
