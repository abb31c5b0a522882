package io.tidemark.catalog.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The JSON object in a request, as the contract says it has to be. */
final class RequestBody {
  private static final String KEY = RequestBody.class.getName();

  private final JsonObject json;

  private RequestBody(JsonObject json) {
    this.json = json;
  }

  /** The body of a request that was looked at. */
  static RequestBody of(RoutingContext context) {
    return new RequestBody(context.get(KEY));
  }

  /** Reads the body; whatever isn't a JSON object is a {@link BadRequest}. */
  static JsonObject read(RoutingContext context) {
    String type = Optional.ofNullable(context.request().getHeader("Content-Type")).orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new BadRequest(
          415, "The request has to be JSON: send it with Content-Type: application/json.");
    }
    JsonObject json = parse(context.body().buffer());
    context.put(KEY, json);
    return json;
  }

  /** A text that the contract makes sure of. */
  String required(String name) {
    return text(name)
        .orElseThrow(() -> new BadRequest("The field '" + name + "' is missing: it is needed."));
  }

  /** A text, if there is one that says something. */
  Optional<String> text(String name) {
    return Optional.ofNullable(json.getString(name)).filter(text -> !text.isBlank());
  }

  boolean flag(String name) {
    return flag(name, false);
  }

  boolean flag(String name, boolean otherwise) {
    return Optional.ofNullable(json.getBoolean(name)).orElse(otherwise);
  }

  int number(String name, int otherwise) {
    return Optional.ofNullable(json.getInteger(name)).orElse(otherwise);
  }

  OptionalLong number(String name) {
    Long number = json.getLong(name);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  List<String> texts(String name) {
    return Optional.ofNullable(json.getJsonArray(name)).orElseGet(JsonArray::new).stream()
        .map(String.class::cast)
        .toList();
  }

  Map<String, String> textMap(String name) {
    Map<String, String> map = new HashMap<>();
    Optional.ofNullable(json.getJsonObject(name))
        .ifPresent(
            object -> object.forEach(entry -> map.put(entry.getKey(), (String) entry.getValue())));
    return map;
  }

  private static JsonObject parse(Buffer buffer) {
    try {
      if (buffer != null && buffer.toJsonValue() instanceof JsonObject object) {
        return object;
      }
    } catch (DecodeException e) {
      throw new BadRequest("The request is not JSON: " + firstLine(e.getMessage()));
    }
    throw new BadRequest("The request has to be a JSON object.");
  }

  private static String firstLine(String message) {
    return Optional.ofNullable(message).orElse("").lines().findFirst().orElse("it can't be read");
  }
}
