package io.tidemark.catalog.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a request names this host by an address or as localhost. A page of another site whose
 * name was made to lead here names that site.
 */
final class LocalNames {
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-f:.]*:[0-9a-f:.]*]?");

  private LocalNames() {}

  static boolean names(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      return true;
    }
    String host = authority.host().toLowerCase(Locale.ROOT);
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || ADDRESS.matcher(host).matches();
  }
}
