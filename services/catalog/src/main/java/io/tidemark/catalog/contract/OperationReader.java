package io.tidemark.catalog.contract;

import io.tidemark.catalog.access.Role;
import io.tidemark.catalog.store.Words;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the operations out of an OpenAPI document. */
final class OperationReader {
  private static final List<String> METHODS = List.of("get", "put", "post", "delete");

  private final Function<String, JsonObject> references;
  private final JsonObject document;

  /**
   * @param references finds what a reference refers to
   */
  OperationReader(Function<String, JsonObject> references, JsonObject document) {
    this.references = references;
    this.document = document;
  }

  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    JsonObject paths = document.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : METHODS) {
        if (item.containsKey(method)) {
          operations.add(operation(path, method, item));
        }
      }
    }
    return List.copyOf(operations);
  }

  private Operation operation(String path, String method, JsonObject item) {
    JsonObject json = item.getJsonObject(method);
    JsonArray parameters = new JsonArray();
    parameters.addAll(item.getJsonArray("parameters", new JsonArray()));
    parameters.addAll(json.getJsonArray("parameters", new JsonArray()));
    String role = json.getString("x-role");
    return new Operation(
        json.getString("operationId"),
        HttpMethod.valueOf(method.toUpperCase(java.util.Locale.ROOT)),
        path,
        "none".equals(role) ? Optional.empty() : Optional.of(Words.parse(Role.class, role)),
        !json.getBoolean("x-without-database", false),
        parameters.stream().map(each -> parameter((JsonObject) each)).toList(),
        Optional.ofNullable(json.getJsonObject("requestBody")).map(OperationReader::bodySchema));
  }

  private Parameter parameter(JsonObject written) {
    JsonObject json = followed(written);
    return new Parameter(
        json.getString("name"),
        Words.parse(Parameter.Place.class, json.getString("in")),
        json.getBoolean("required", false),
        followed(json.getJsonObject("schema")));
  }

  private JsonObject followed(JsonObject json) {
    String reference = json.getString("$ref");
    return reference == null ? json : references.apply(reference);
  }

  private static String bodySchema(JsonObject body) {
    return body.getJsonObject("content")
        .getJsonObject("application/json")
        .getJsonObject("schema")
        .getString("$ref");
  }
}
