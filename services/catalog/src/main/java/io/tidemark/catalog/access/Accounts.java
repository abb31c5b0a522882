package io.tidemark.catalog.access;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Page;
import io.tidemark.catalog.store.PageQuery;
import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The accounts. There is always an admin among them. */
public final class Accounts {
  private static final String COLUMNS = "name, role, version, created_at, last_login_at";

  /** Nobody is added, changed or removed meanwhile: the last admin can't get lost. */
  private static final String LOCK = "lock table account in share row exclusive mode";

  private static final String UPDATE =
      "update account set role = $3, password = coalesce($4, password), version = version + 1"
          + " where name = $1 and version = $2 returning "
          + COLUMNS;

  private final Database database;
  private final Passwords passwords;
  private final Secrets secrets;

  Accounts(Database database, Passwords passwords, Secrets secrets) {
    this.database = database;
    this.passwords = passwords;
    this.secrets = secrets;
  }

  /**
   * An account that was made at the first start.
   *
   * @param password is kept nowhere
   */
  public record First(String name, String password) {}

  /** Makes the account {@code admin} if there is no account at all. */
  public Future<Optional<First>> makeFirst() {
    String password = secrets.secret().substring(0, 24);
    return database
        .one("select count(*) from account", Tuple.tuple(), row -> row.getLong(0))
        .compose(count ->
            count.filter(accounts -> accounts == 0).isEmpty()
                ? Future.succeededFuture(Optional.empty())
                : passwords
                    .hash(password)
                    .compose(hash -> insert("admin", Role.ADMIN, hash))
                    .map(made -> made.map(account -> new First(account.name(), password))));
  }

  /** A page of accounts by name. */
  public Future<Page<Account>> page(Optional<String> cursor, int limit) {
    PageQuery query =
        PageQuery.ascending(
                "select " + COLUMNS + " from account", new PageQuery.Column("name", String.class))
            .after(cursor);
    return database.with(client -> query.run(client, limit, Accounts::account));
  }

  /** The account of that name. */
  public Future<Optional<Account>> get(String name) {
    return database.one(
        "select " + COLUMNS + " from account where name = $1", Tuple.of(name), Accounts::account);
  }

  /** Adds an account; fails with a {@link Refusal} if there is one of that name. */
  public Future<Account> add(String name, Role role, String password) {
    return passwords
        .hash(password)
        .compose(hash -> insert(name, role, hash))
        .compose(made ->
            made.map(Future::succeededFuture)
                .orElseGet(() ->
                    Future.failedFuture(
                        new Refusal(
                            Refusal.Kind.CONFLICT,
                            "There is a user '" + name + "' already: choose another name."))));
  }

  /**
   * Changes an account if it is still of that version, and ends its sessions.
   *
   * @return empty if somebody else has changed it; fails with a {@link Refusal} rather than leave
   *     no admin
   */
  public Future<Optional<Account>> change(
      String name, long version, Role role, Optional<String> password) {
    Future<Optional<String>> hash =
        password
            .map(text -> passwords.hash(text).map(Optional::of))
            .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    return hash.compose(hashed ->
        database.inTransaction(transaction ->
            transaction
                .query(LOCK)
                .execute()
                .compose(locked ->
                    transaction
                        .preparedQuery(UPDATE)
                        .execute(Tuple.of(name, version, Words.of(role), hashed.orElse(null))))
                .map(rows -> Database.first(rows, Accounts::account))
                .compose(changed ->
                    changed.isPresent()
                        ? endSessions(transaction, name).map(changed)
                        : Future.succeededFuture(changed))
                .compose(changed -> keepAnAdmin(transaction).map(changed))));
  }

  /** Removes an account; fails with a {@link Refusal} if it is the last admin's, or not there. */
  public Future<Void> remove(String name) {
    return database.inTransaction(transaction ->
        transaction
            .query(LOCK)
            .execute()
            .compose(locked ->
                transaction
                    .preparedQuery("delete from account where name = $1")
                    .execute(Tuple.of(name)))
            .compose(rows ->
                rows.rowCount() == 1
                    ? keepAnAdmin(transaction)
                    : Future.failedFuture(
                        new Refusal(
                            Refusal.Kind.NOT_FOUND,
                            "There is no user '" + name + "': look at the list of users."))));
  }

  /** Whether that is the password of the account of that name. */
  Future<Optional<Account>> prove(String name, String password) {
    return database
        .one(
            "select password from account where name = $1", Tuple.of(name), row -> row.getString(0))
        .compose(hash -> passwords.matches(password, hash).map(right -> right && hash.isPresent()))
        .compose(right -> right ? get(name) : Future.succeededFuture(Optional.empty()));
  }

  private Future<Optional<Account>> insert(String name, Role role, String hash) {
    return database.one(
        "insert into account (name, role, password) values ($1, $2, $3) on conflict do nothing"
            + " returning "
            + COLUMNS,
        Tuple.of(name, Words.of(role), hash),
        Accounts::account);
  }

  private static Future<Void> endSessions(SqlConnection transaction, String name) {
    return transaction
        .preparedQuery("delete from session where account = $1")
        .execute(Tuple.of(name))
        .mapEmpty();
  }

  private static Future<Void> keepAnAdmin(SqlConnection transaction) {
    return transaction
        .preparedQuery("select exists (select from account where role = 'admin')")
        .execute()
        .compose(rows ->
            rows.iterator().next().getBoolean(0)
                ? Future.succeededFuture()
                : Future.failedFuture(
                    new Refusal(
                        Refusal.Kind.CONFLICT,
                        "This is the last admin: make somebody else an admin before.")));
  }

  private static Account account(Row row) {
    return new Account(
        row.getString("name"),
        Words.parse(Role.class, row.getString("role")),
        row.getLong("version"),
        row.getOffsetDateTime("created_at").toInstant(),
        Optional.ofNullable(row.getOffsetDateTime("last_login_at")).map(OffsetDateTime::toInstant));
  }
}
