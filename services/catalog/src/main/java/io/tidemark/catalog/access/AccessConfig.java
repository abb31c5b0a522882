package io.tidemark.catalog.access;

import java.util.Optional;

/**
 * Whom the API answers, and how it is spoken to.
 *
 * @param auth whether one has to say who one is
 * @param tls the certificate, where it is spoken to with TLS
 */
public record AccessConfig(boolean auth, Optional<TlsFiles> tls) {

  /** Open, as on a loopback address. */
  public static AccessConfig open() {
    return new AccessConfig(false, Optional.empty());
  }
}
