package io.tidemark.catalog.contract;

import io.vertx.core.json.JsonObject;

/**
 * A parameter of an operation.
 *
 * @param schema what its value has to be, references resolved
 */
public record Parameter(String name, Place in, boolean required, JsonObject schema) {

  /** Where a parameter is. */
  public enum Place {
    PATH,
    QUERY,
    HEADER
  }
}
