package io.tidemark.nbd;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How TLS is done, as the query parameters of an {@code nbds} URI say it ("NBD URI query parameters
 * related to TLS").
 *
 * <p>Servers are authenticated by X.509 certificates. Pre-shared keys can be written in a URI, but
 * a connection with them is refused: JSSE, the TLS stack of the JVM, has no PSK cipher suites.
 *
 * @param username the user, which only pre-shared keys need
 * @param certificates a directory with {@code ca-cert.pem}, which must be there if the server is
 *     verified, and for servers that ask for it {@code client-cert.pem} and {@code client-key.pem}
 *     (PKCS #8); without a directory the JVM's own trusted authorities are used
 * @param pskFile file of pre-shared keys
 * @param hostname the name that the server's certificate must have; else that is the URI's host, or
 *     {@code localhost} behind a unix socket
 * @param verifyPeer false takes any certificate: encryption without knowing who is at the other end
 */
public record NbdTls(
    Optional<String> username,
    Optional<Path> certificates,
    Optional<Path> pskFile,
    Optional<String> hostname,
    boolean verifyPeer) {

  /** The JVM's trusted authorities, the URI's host. */
  public static NbdTls defaults() {
    return new NbdTls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), true);
  }

  /** The same with the certificates in this directory. */
  public NbdTls withCertificates(Path directory) {
    return new NbdTls(username, Optional.of(directory), pskFile, hostname, verifyPeer);
  }

  /** The same, but the server's certificate must be this host's. */
  public NbdTls withHostname(String name) {
    return new NbdTls(username, certificates, pskFile, Optional.of(name), verifyPeer);
  }
}
