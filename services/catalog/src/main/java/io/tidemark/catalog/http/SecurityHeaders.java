package io.tidemark.catalog.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.Set;

/** Tells browsers what the page may do, and keeps other pages from using the API. */
final class SecurityHeaders {
  private static final Set<HttpMethod> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private SecurityHeaders() {}

  static void add(RoutingContext context, boolean tls) {
    if (tls) {
      context.response().putHeader("Strict-Transport-Security", "max-age=31536000");
    }
    context
        .response()
        .putHeader(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src"
                + " 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action"
                + " 'none'; frame-ancestors 'none'; object-src 'none'")
        .putHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cache-Control", "no-cache");
    context.next();
  }

  /** A browser says where a page that changes something comes from: it has to be from here. */
  static void sameOrigin(RoutingContext context) {
    HttpServerRequest request = context.request();
    String origin = request.getHeader("Origin");
    if (origin == null || READING.contains(request.method()) || isHost(origin, request)) {
      context.next();
      return;
    }
    new Problem(403, "Pages of " + origin + " can't change anything here: use Tidemark's own page.")
        .send(context);
  }

  private static boolean isHost(String origin, HttpServerRequest request) {
    try {
      String host = request.getHeader("Host");
      return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
