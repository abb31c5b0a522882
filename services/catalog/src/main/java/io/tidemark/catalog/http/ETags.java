package io.tidemark.catalog.http;

import io.vertx.ext.web.RoutingContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions of configuration as entity tags (RFC 9110). */
final class ETags {
  private static final Pattern TAG = Pattern.compile("\"v([0-9]{1,18})\"");

  private ETags() {}

  static Reply on(Reply reply, long version) {
    return reply.with("ETag", "\"v" + version + "\"");
  }

  /** The version that the client has seen. */
  static long seen(RoutingContext context) {
    Matcher tag = TAG.matcher(context.request().getHeader("If-Match").strip());
    if (!tag.matches()) {
      throw new BadRequest(
          412, "The If-Match is no ETag that was given here: read it again, then change it.");
    }
    return Long.parseLong(tag.group(1));
  }

  /** Somebody else was first. */
  static BadRequest outdated(String what) {
    return new BadRequest(
        412, what + " was changed meanwhile: read it again, then change what is there now.");
  }
}
