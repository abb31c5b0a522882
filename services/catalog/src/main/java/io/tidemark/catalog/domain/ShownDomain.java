package io.tidemark.catalog.domain;

import java.time.Instant;
import java.util.Optional;

/** A domain as lists show it. */
public record ShownDomain(Domain domain, VmProtection protection, Optional<LastPoint> lastPoint) {

  /**
   * The newest restore point that is there.
   *
   * @param kind {@code full} or {@code incremental}
   */
  public record LastPoint(String id, String kind, Instant createdAt) {}
}
