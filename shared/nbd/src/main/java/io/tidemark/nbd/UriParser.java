package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads NBD URIs; the grammar is that of RFC 3986. */
final class UriParser {
  /** RFC 3986, appendix B. */
  private static final Pattern URI =
      Pattern.compile("([^:/?#]+):(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(#.*)?");

  private static final Pattern AUTHORITY =
      Pattern.compile("(?:([^@]*)@)?(\\[[^\\]]*\\]|[^:\\[\\]]*)(?::([0-9]{0,5}))?");

  /** What no URI may hold unencoded; letters beyond ASCII are let through. */
  private static final Pattern ILLEGAL =
      Pattern.compile("[\\x00-\\x20\\x7f\"<>\\\\^`{|}]|%(?![0-9a-fA-F]{2})");

  private static final Set<String> TLS_PARAMETERS =
      Set.of("tls-certificates", "tls-psk-file", "tls-hostname", "tls-verify-peer", "tls-type");

  private final String text;

  private UriParser(String text) {
    this.text = text;
  }

  static NbdUri parse(String text) {
    try {
      return new UriParser(text).parse();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "'" + text + "' names a path that can't be used: " + e.getReason(), e);
    }
  }

  private NbdUri parse() {
    Matcher parts = URI.matcher(text);
    if (ILLEGAL.matcher(text).find() || !parts.matches()) {
      throw wrong("is no URI; special characters are written %XX");
    }
    if (parts.group(5) != null) {
      throw wrong("has a fragment, which means nothing to NBD; write # as %23");
    }
    String scheme = parts.group(1).toLowerCase(Locale.ROOT);
    Map<String, String> query = query(Optional.ofNullable(parts.group(4)).orElse(""));
    Matcher authority = AUTHORITY.matcher(Optional.ofNullable(parts.group(2)).orElse(""));
    if (!authority.matches()) {
      throw wrong("has no valid host and port");
    }
    NbdServerAddress server =
        switch (scheme) {
          case "nbd", "nbds" -> tcp(authority, query);
          case "nbd+unix", "nbds+unix" -> unix(authority, query);
          case "nbd+vsock", "nbds+vsock" ->
              throw wrong("is for vsock, which the JVM can't reach; export on a unix socket");
          default ->
              throw wrong(
                  "is no NBD URI: it begins with nbd://, nbds://, nbd+unix:// or nbds+unix://");
        };
    boolean secure = scheme.startsWith("nbds");
    return new NbdUri(
        server,
        exportName(parts.group(3)),
        secure ? Optional.of(tls(authority, query)) : withoutTls(query));
  }

  private NbdServerAddress tcp(Matcher authority, Map<String, String> query) {
    if (query.containsKey("socket")) {
      throw wrong("names a socket, but its scheme is for TCP; write nbd+unix://");
    }
    String host = decode(authority.group(2));
    String port = Optional.ofNullable(authority.group(3)).orElse("");
    if (host.isEmpty()) {
      throw wrong("names no host");
    }
    return new NbdServerAddress.Tcp(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port.isEmpty() ? NbdUri.DEFAULT_PORT : Integer.parseInt(port));
  }

  private NbdServerAddress unix(Matcher authority, Map<String, String> query) {
    if (!authority.group(2).isEmpty() || authority.group(3) != null) {
      throw wrong("names a host, but its scheme is for a unix socket");
    }
    String socket = query.getOrDefault("socket", "");
    if (socket.isEmpty()) {
      throw wrong("names no socket=PATH");
    }
    if (socket.startsWith("\0")) {
      throw wrong("names an abstract socket, which the JVM can't reach; use one with a path");
    }
    return new NbdServerAddress.Unix(Path.of(socket));
  }

  private NbdTls tls(Matcher authority, Map<String, String> query) {
    String type = query.getOrDefault("tls-type", "x509");
    if (!type.equals("x509")) {
      throw wrong("asks for TLS of type '" + type + "'; this client has x509 only");
    }
    String verify = query.getOrDefault("tls-verify-peer", "1");
    if (!Set.of("0", "1", "false", "true").contains(verify)) {
      throw wrong("has tls-verify-peer=" + verify + "; it is 0 or 1");
    }
    return new NbdTls(
        Optional.ofNullable(authority.group(1)).map(this::decode).filter(user -> !user.isEmpty()),
        Optional.ofNullable(query.get("tls-certificates")).map(Path::of),
        Optional.ofNullable(query.get("tls-psk-file")).map(Path::of),
        Optional.ofNullable(query.get("tls-hostname")).filter(name -> !name.isEmpty()),
        verify.equals("1") || verify.equals("true"));
  }

  private Optional<NbdTls> withoutTls(Map<String, String> query) {
    query.keySet().stream()
        .filter(TLS_PARAMETERS::contains)
        .findFirst()
        .ifPresent(name -> {
          throw wrong("has " + name + ", but its scheme is without TLS; write nbds");
        });
    return Optional.empty();
  }

  private Map<String, String> query(String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    Arrays.stream(raw.split("&", -1))
        .filter(parameter -> !parameter.isEmpty())
        .map(parameter -> parameter.split("=", 2))
        .filter(parameter -> !parameter[0].startsWith("x-"))
        .forEach(parameter -> {
          String name = decode(parameter[0]);
          if (!name.equals("socket") && !TLS_PARAMETERS.contains(name)) {
            throw wrong("has the unknown parameter '" + name + "'");
          }
          if (query.put(name, parameter.length < 2 ? "" : decode(parameter[1])) != null) {
            throw wrong("has the parameter '" + name + "' twice");
          }
        });
    return query;
  }

  private String exportName(String path) {
    return decode(path.startsWith("/") ? path.substring(1) : path);
  }

  private String decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] raw = encoded.getBytes(UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        bytes.write(Integer.parseInt(new String(raw, i + 1, 2, UTF_8), 16));
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("'" + text + "' is not UTF-8 once decoded", e);
    }
  }

  private IllegalArgumentException wrong(String how) {
    return new IllegalArgumentException("'" + text + "' " + how);
  }
}
