package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes NBD URIs. */
final class UriFormat {
  private UriFormat() {}

  static String format(NbdUri uri) {
    List<String> query = new ArrayList<>();
    String scheme = uri.tls().isPresent() ? "nbds" : "nbd";
    String user =
        uri.tls().flatMap(NbdTls::username).map(name -> encode(name, "") + "@").orElse("");
    String begin =
        switch (uri.server()) {
          case NbdServerAddress.Tcp tcp -> scheme + "://" + user + host(tcp) + ":" + tcp.port();
          case NbdServerAddress.Unix unix -> {
            query.add("socket=" + encode(unix.socket().toString(), "/"));
            yield scheme + "+unix://" + user;
          }
        };
    uri.tls().ifPresent(tls -> addTls(query, tls));
    return begin
        + "/"
        + encode(uri.export(), "/")
        + (query.isEmpty() ? "" : "?" + String.join("&", query));
  }

  private static void addTls(List<String> query, NbdTls tls) {
    add(query, "tls-certificates", tls.certificates());
    add(query, "tls-psk-file", tls.pskFile());
    add(query, "tls-hostname", tls.hostname());
    if (!tls.verifyPeer()) {
      query.add("tls-verify-peer=0");
    }
  }

  private static void add(List<String> query, String name, Optional<?> value) {
    value.ifPresent(given -> query.add(name + "=" + encode(given.toString(), "/")));
  }

  private static String host(NbdServerAddress.Tcp tcp) {
    return tcp.host().contains(":") ? "[" + encode(tcp.host(), ":") + "]" : encode(tcp.host(), "");
  }

  /** Percent-encodes all but unreserved characters and those in {@code kept}. */
  private static String encode(String text, String kept) {
    String encoded = URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("*", "%2A");
    return switch (kept) {
      case "/" -> encoded.replace("%2F", "/");
      case ":" -> encoded.replace("%3A", ":");
      default -> encoded;
    };
  }
}
