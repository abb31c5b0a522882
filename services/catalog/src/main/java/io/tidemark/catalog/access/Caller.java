package io.tidemark.catalog.access;

import java.time.Instant;
import java.util.Optional;

/**
 * Who sends a request.
 *
 * @param name an account's name, {@code token:} and a token's name, or {@code local} where nobody
 *     is asked
 * @param session the session that it came in
 */
public record Caller(String name, Role role, Optional<Session> session) {

  /**
   * A session.
   *
   * @param csrf what requests that change something have to bring, beside the cookie
   * @param renewed a new cookie that the client is to use from now on
   */
  public record Session(String csrf, Instant expiresAt, Optional<String> renewed) {}

  /** Somebody on a listener that asks nobody. */
  public static Caller local() {
    return new Caller("local", Role.ADMIN, Optional.empty());
  }
}
