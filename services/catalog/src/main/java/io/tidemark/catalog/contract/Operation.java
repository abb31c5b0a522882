package io.tidemark.catalog.contract;

import io.tidemark.catalog.access.Role;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Optional;

/**
 * An operation of the API.
 *
 * @param path its path below {@code /api/v1} with {@code {name}} for parameters
 * @param role who may; empty if anybody may
 * @param needsDatabase whether it can be answered only with PostgreSQL
 * @param body where in the document the schema of its body is; empty if it takes none
 */
public record Operation(
    String id,
    HttpMethod method,
    String path,
    Optional<Role> role,
    boolean needsDatabase,
    List<Parameter> parameters,
    Optional<String> body) {

  public Operation {
    parameters = List.copyOf(parameters);
  }

  /** Whether it has a parameter of that name. */
  public boolean has(Parameter.Place in, String name) {
    return parameters.stream()
        .anyMatch(parameter -> parameter.in() == in && parameter.name().equals(name));
  }

  /** Whether it may change something. */
  public boolean changes() {
    return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
  }
}
