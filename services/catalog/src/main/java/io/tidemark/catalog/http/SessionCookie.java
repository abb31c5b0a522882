package io.tidemark.catalog.http;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;

/**
 * The cookie of a session: no script reads it, no other site sends it.
 *
 * @param secure whether it is only sent with TLS
 */
record SessionCookie(boolean secure) {
  static final String NAME = "tidemark";

  void set(RoutingContext context, String value) {
    context.response().addCookie(cookie(value));
  }

  void clear(RoutingContext context) {
    context.response().addCookie(cookie("").setMaxAge(0));
  }

  private Cookie cookie(String value) {
    return Cookie.cookie(NAME, value)
        .setPath("/")
        .setHttpOnly(true)
        .setSecure(secure)
        .setSameSite(CookieSameSite.STRICT);
  }
}
