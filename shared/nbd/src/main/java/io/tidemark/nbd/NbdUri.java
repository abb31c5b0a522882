package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where an export is, as the NBD URI specification writes it: {@code nbd://host:port/export} or
 * {@code nbd+unix:///export?socket=PATH}, with {@code s} after {@code nbd} for TLS.
 *
 * @param tls whether TLS is demanded
 * @param socket path of the unix socket; empty for TCP
 * @param host host name or address; empty text for a unix socket
 * @param port TCP port; 0 for a unix socket
 * @param export name of the export; empty text is the default export
 */
public record NbdUri(boolean tls, Optional<Path> socket, String host, int port, String export) {
  private static final int DEFAULT_PORT = 10809;

  /** "String values": at most 4096 bytes. */
  private static final int MAX_NAME_BYTES = 4096;

  public NbdUri {
    if (export.getBytes(UTF_8).length > MAX_NAME_BYTES || export.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an export name has at most 4096 bytes and no NUL");
    }
  }

  /** An export behind a unix socket, without TLS. */
  public static NbdUri unix(Path socket, String export) {
    return new NbdUri(false, Optional.of(socket), "", 0, export);
  }

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static NbdUri parse(String text) {
    try {
      URI uri = new URI(text);
      return switch (String.valueOf(uri.getScheme())) {
        case "nbd" -> tcp(uri, false);
        case "nbds" -> tcp(uri, true);
        case "nbd+unix" -> unix(uri, false);
        case "nbds+unix" -> unix(uri, true);
        default ->
            throw new IllegalArgumentException(
                "'"
                    + text
                    + "' is no NBD URI: it begins with nbd://, nbds://, nbd+unix:// or"
                    + " nbds+unix://");
      };
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is no URI: " + e.getMessage(), e);
    }
  }

  SocketAddress address() {
    return socket
        .map(path -> SocketAddress.domainSocketAddress(path.toString()))
        .orElseGet(() -> SocketAddress.inetSocketAddress(port, host));
  }

  @Override
  public String toString() {
    String scheme = tls ? "nbds" : "nbd";
    return socket
        .map(path -> scheme + "+unix:///" + encode(export) + "?socket=" + encode(path.toString()))
        .orElseGet(() -> scheme + "://" + host + ":" + port + "/" + encode(export));
  }

  private static NbdUri tcp(URI uri, boolean tls) {
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("'" + uri + "' names no host");
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new NbdUri(tls, Optional.empty(), uri.getHost(), port, exportName(uri));
  }

  private static NbdUri unix(URI uri, boolean tls) {
    Path socket =
        Arrays.stream(Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1))
            .filter(parameter -> parameter.startsWith("socket="))
            .map(parameter -> Path.of(decode(parameter.substring("socket=".length()))))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("'" + uri + "' names no socket=PATH"));
    return new NbdUri(tls, Optional.of(socket), "", 0, exportName(uri));
  }

  private static String exportName(URI uri) {
    String path = Optional.ofNullable(uri.getRawPath()).orElse("");
    return decode(path.startsWith("/") ? path.substring(1) : path);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
