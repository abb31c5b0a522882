package io.tidemark.catalog.access;

import java.time.Duration;
import java.util.Optional;

/**
 * Whom the API answers, and how it is spoken to.
 *
 * @param auth whether one has to say who one is
 * @param tls the certificate, where it is spoken to with TLS
 * @param recheck how often it is looked whether those who follow the live events still may
 */
public record AccessConfig(boolean auth, Optional<TlsFiles> tls, Duration recheck) {

  /** Looking once a minute. */
  public AccessConfig(boolean auth, Optional<TlsFiles> tls) {
    this(auth, tls, Duration.ofMinutes(1));
  }

  /** Open, as on a loopback address. */
  public static AccessConfig open() {
    return new AccessConfig(false, Optional.empty());
  }
}
