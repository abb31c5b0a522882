package io.tidemark.catalog.contract;

import io.vertx.json.schema.OutputUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what a validation found. */
final class Units {
  /** Keywords whose complaint only says that something below them is wrong. */
  private static final Set<String> WRAPPING =
      Set.of("properties", "items", "additionalProperties", "$ref", "allOf", "oneOf", "anyOf");

  private Units() {}

  /** The first complaint that says what is wrong itself; empty if all is well. */
  static Optional<OutputUnit> first(OutputUnit result) {
    if (Boolean.TRUE.equals(result.getValid())) {
      return Optional.empty();
    }
    List<OutputUnit> errors = Optional.ofNullable(result.getErrors()).orElse(List.of());
    return errors.stream()
        .filter(unit -> !WRAPPING.contains(keyword(unit)))
        .findFirst()
        .or(() -> errors.stream().findFirst())
        .or(() -> Optional.of(result));
  }

  /** The keyword of the schema that complains. */
  static String keyword(OutputUnit unit) {
    String location = Optional.ofNullable(unit.getKeywordLocation()).orElse("");
    return location.substring(location.lastIndexOf('/') + 1);
  }
}
