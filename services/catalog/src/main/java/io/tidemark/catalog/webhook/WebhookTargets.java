package io.tidemark.catalog.webhook;

import io.tidemark.catalog.Refusal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where deliveries may go: never to this host or its networks unless that is allowed, so that
 * nobody reaches through Tidemark what only Tidemark can reach. Its methods block.
 *
 * @param allowPrivate whether to loopback and private addresses too, there also without TLS
 */
record WebhookTargets(boolean allowPrivate) {

  /**
   * A place to deliver to.
   *
   * @param address of the host, looked up once: what was judged is what is connected to
   */
  record Target(URI uri, InetAddress address) {
    boolean tls() {
      return "https".equals(uri.getScheme());
    }

    int port() {
      return uri.getPort() > 0 ? uri.getPort() : tls() ? 443 : 80;
    }

    String path() {
      String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }
  }

  /** Looks the host up; fails with a {@link Refusal} if nothing may be delivered there. */
  Target resolve(String url) {
    URI uri = parse(url);
    InetAddress[] addresses = lookUp(uri);
    Optional<InetAddress> inside =
        Arrays.stream(addresses).filter(each -> !PublicAddresses.isPublic(each)).findFirst();
    if (inside.isPresent() && !allowPrivate) {
      throw refused(
          "The host "
              + uri.getHost()
              + " of the webhook is not on the public internet: name another, or start Tidemark"
              + " with --private-webhooks.");
    }
    if (!"https".equals(uri.getScheme()) && inside.isEmpty()) {
      throw refused("The webhook " + url + " would be sent in the clear: use https.");
    }
    return new Target(uri, addresses[0]);
  }

  private URI parse(String url) {
    try {
      URI uri = new URI(url);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getFragment() != null) {
        throw refused(
            "'"
                + url
                + "' is no URL of a webhook: use one like https://host/path, without a user.");
      }
      if ("http".equals(uri.getScheme()) && !allowPrivate) {
        throw refused("The webhook " + url + " would be sent in the clear: use https.");
      }
      return uri;
    } catch (URISyntaxException e) {
      throw refused("'" + url + "' is no URL: use one like https://host/path.");
    }
  }

  private static InetAddress[] lookUp(URI uri) {
    try {
      return InetAddress.getAllByName(uri.getHost());
    } catch (UnknownHostException e) {
      throw refused("The host " + uri.getHost() + " of the webhook is not known: check its name.");
    }
  }

  private static Refusal refused(String reason) {
    return new Refusal(Refusal.Kind.INVALID, reason);
  }
}
