package io.tidemark.catalog.point;

import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/**
 * A pack that a point refers to.
 *
 * @param rawBytes bytes of content before compression, if known
 * @param storedBytes bytes of the pack file, if known
 */
public record PackRow(String id, Optional<Long> rawBytes, Optional<Long> storedBytes) {

  /** A pack whose sizes are known. */
  public static PackRow of(String id, long rawBytes, long storedBytes) {
    return new PackRow(id, Optional.of(rawBytes), Optional.of(storedBytes));
  }

  Tuple tuple() {
    return Tuple.of(id, rawBytes.orElse(null), storedBytes.orElse(null));
  }
}
