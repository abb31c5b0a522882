package io.tidemark.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an export is, as the NBD URI specification writes it: {@code nbd://host:port/export} or
 * {@code nbd+unix:///export?socket=PATH}, with {@code s} after {@code nbd} for TLS.
 *
 * @param server where the server listens
 * @param export name of the export; empty text is the default export
 * @param tls how TLS is done; empty for a connection without
 */
public record NbdUri(NbdServerAddress server, String export, Optional<NbdTls> tls) {
  /** "NBD URI authority". */
  static final int DEFAULT_PORT = 10809;

  /** "String values": at most 4096 bytes. */
  private static final int MAX_NAME_BYTES = 4096;

  public NbdUri {
    if (export.getBytes(UTF_8).length > MAX_NAME_BYTES || export.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an export name has at most 4096 bytes and no NUL");
    }
  }

  /** An export behind a unix socket, without TLS. */
  public static NbdUri unix(Path socket, String export) {
    return new NbdUri(new NbdServerAddress.Unix(socket), export, Optional.empty());
  }

  /** An export behind TCP, without TLS. */
  public static NbdUri tcp(String host, int port, String export) {
    return new NbdUri(new NbdServerAddress.Tcp(host, port), export, Optional.empty());
  }

  /** The same export, over TLS. */
  public NbdUri withTls(NbdTls how) {
    return new NbdUri(server, export, Optional.of(how));
  }

  /** Another export of the same server. */
  public NbdUri withExport(String name) {
    return new NbdUri(server, name, tls);
  }

  /**
   * Reads a URI of the schemes {@code nbd}, {@code nbds}, {@code nbd+unix} and {@code nbds+unix},
   * with the query parameters {@code socket}, {@code tls-certificates}, {@code tls-psk-file},
   * {@code tls-hostname}, {@code tls-verify-peer} and {@code tls-type}. Parameters that begin with
   * {@code x-} are passed over, all others are refused, as the specification wants it.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static NbdUri parse(String text) {
    return UriParser.parse(text);
  }

  /** The name that the server's certificate must have. */
  String tlsHostname() {
    return tls.flatMap(NbdTls::hostname)
        .orElseGet(() -> server instanceof NbdServerAddress.Tcp tcp ? tcp.host() : "localhost");
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return UriFormat.format(this);
  }
}
