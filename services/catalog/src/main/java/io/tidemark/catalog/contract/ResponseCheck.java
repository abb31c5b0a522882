package io.tidemark.catalog.contract;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.OutputUnit;
import java.util.List;
import java.util.Optional;

/** Looks whether an answer is one that the contract promises. */
public final class ResponseCheck {
  private final OpenApi contract;

  public ResponseCheck(OpenApi contract) {
    this.contract = contract;
  }

  /**
   * What is wrong with an answer.
   *
   * @param contentType without parameters; empty if there is no body
   */
  public Optional<String> check(
      Operation operation, int status, Optional<String> contentType, String body) {
    String method = operation.method().name().toLowerCase(java.util.Locale.ROOT);
    JsonObject responses =
        contract
            .document()
            .getJsonObject("paths")
            .getJsonObject(operation.path())
            .getJsonObject(method)
            .getJsonObject("responses");
    String key = responses.containsKey(String.valueOf(status)) ? String.valueOf(status) : "default";
    if (status < 400 && "default".equals(key)) {
      return Optional.of("status " + status + " is not in the contract");
    }
    Place place = place(operation, method, key, responses.getJsonObject(key));
    JsonObject content = place.json().getJsonObject("content", new JsonObject());
    if (content.isEmpty()) {
      return body.isEmpty() ? Optional.empty() : Optional.of("there should be no body");
    }
    return contentType
        .filter(content::containsKey)
        .map(type -> body(place.reference(), content, type, body))
        .orElseGet(
            () -> Optional.of("it is " + contentType + ", not one of " + content.fieldNames()));
  }

  private Optional<String> body(String reference, JsonObject content, String type, String body) {
    if (!type.endsWith("json")) {
      return Optional.empty();
    }
    JsonObject schema = content.getJsonObject(type).getJsonObject("schema");
    String pointer =
        Optional.ofNullable(schema.getString("$ref"))
            .orElse(reference + "/content/" + escaped(type) + "/schema");
    try {
      OutputUnit result = contract.validate(pointer, Json.decodeValue(body));
      return Units.first(result)
          .map(unit -> unit.getInstanceLocation() + " " + unit.getError() + " in " + body);
    } catch (DecodeException e) {
      return Optional.of("it is not JSON: " + body);
    }
  }

  private Place place(Operation operation, String method, String key, JsonObject response) {
    String reference = response.getString("$ref");
    return reference == null
        ? new Place(
            "#"
                + JsonPointer.create()
                    .append(List.of("paths", operation.path(), method, "responses", key)),
            response)
        : new Place(reference, contract.at(reference));
  }

  private static String escaped(String type) {
    return type.replace("~", "~0").replace("/", "~1");
  }

  private record Place(String reference, JsonObject json) {}
}
