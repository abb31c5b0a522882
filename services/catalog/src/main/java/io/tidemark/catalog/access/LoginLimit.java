package io.tidemark.catalog.access;

import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Optional;

/**
 * Slows down whoever guesses passwords: so many failed attempts of an address, and at an account,
 * within a while. An attempt counts before it is looked at, so that many at once don't slip by.
 */
final class LoginLimit {
  private static final Duration WHILE = Duration.ofMinutes(15);
  private static final int OF_ADDRESS = 20;
  private static final int AT_ACCOUNT = 10;
  private static final String ATTEMPT = "insert into login_attempt (against) values ($1), ($2)";
  private static final String COUNT =
      """
      select count(*) filter (where against = $1) > $3 or count(*) filter (where against = $2) > $4,
        ceil(extract(epoch from min(at) + make_interval(secs => $5) - clock_timestamp()))::int
      from login_attempt where against in ($1, $2)
        and at > clock_timestamp() - make_interval(secs => $5)\
      """;

  private final Database database;

  LoginLimit(Database database) {
    this.database = database;
  }

  /** Counts an attempt; says how long to wait if there were too many. */
  Future<Optional<Duration>> attempt(String address, String account) {
    Tuple against = Tuple.of(ofAddress(address), atAccount(account));
    return database
        .query(ATTEMPT, against)
        .compose(counted ->
            database.one(
                COUNT,
                Tuple.of(
                    ofAddress(address),
                    atAccount(account),
                    OF_ADDRESS,
                    AT_ACCOUNT,
                    (double) WHILE.toSeconds()),
                row ->
                    row.getBoolean(0)
                        ? Optional.of(Duration.ofSeconds(Math.max(1, row.getInteger(1))))
                        : Optional.<Duration>empty()))
        .map(found -> found.flatMap(limit -> limit));
  }

  /** It was the right password: what went before is forgiven. */
  Future<Void> succeeded(String address, String account) {
    return database
        .query(
            "delete from login_attempt where against in ($1, $2)",
            Tuple.of(ofAddress(address), atAccount(account)))
        .mapEmpty();
  }

  private static String ofAddress(String address) {
    return "address " + address;
  }

  private static String atAccount(String account) {
    return "account " + account;
  }
}
