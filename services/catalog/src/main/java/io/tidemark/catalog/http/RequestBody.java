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
import java.util.Set;

/** The JSON object in a request. Whatever is not as it should be is a {@link BadRequest}. */
final class RequestBody {
  private final JsonObject json;

  private RequestBody(JsonObject json) {
    this.json = json;
  }

  /**
   * @param fields every field that the request may have
   */
  static RequestBody of(RoutingContext context, Set<String> fields) {
    String type = Optional.ofNullable(context.request().getHeader("Content-Type")).orElse("");
    if (!type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new BadRequest(
          415, "The request has to be JSON: send it with Content-Type: application/json.");
    }
    JsonObject json = parse(context.body().buffer());
    json.fieldNames().stream()
        .filter(name -> !fields.contains(name))
        .findFirst()
        .ifPresent(name -> {
          throw new BadRequest(
              "There is no field '"
                  + name
                  + "' in this request: it can have "
                  + String.join(", ", fields.stream().sorted().toList())
                  + ".");
        });
    return new RequestBody(json);
  }

  String required(String name) {
    return text(name)
        .orElseThrow(() -> new BadRequest("The field '" + name + "' is missing: it is needed."));
  }

  Optional<String> text(String name) {
    return value(name, String.class, "a text").filter(text -> !text.isBlank());
  }

  boolean flag(String name) {
    return value(name, Boolean.class, "true or false").orElse(false);
  }

  /** A text that is one of {@code words}, of which the first is the default. */
  String word(String name, List<String> words) {
    String word = text(name).orElse(words.get(0));
    if (!words.contains(word)) {
      throw new BadRequest(
          "The field '"
              + name
              + "' can't be '"
              + word
              + "': it is one of "
              + String.join(", ", words)
              + ".");
    }
    return word;
  }

  List<String> texts(String name) {
    return value(name, JsonArray.class, "an array of texts").stream()
        .flatMap(JsonArray::stream)
        .map(item -> textOf(name, item))
        .toList();
  }

  Map<String, String> textMap(String name) {
    Map<String, String> map = new HashMap<>();
    value(name, JsonObject.class, "an object of texts")
        .ifPresent(object ->
            object.forEach(entry -> map.put(entry.getKey(), textOf(name, entry.getValue()))));
    return map;
  }

  private <T> Optional<T> value(String name, Class<T> type, String what) {
    Object value = json.getValue(name);
    if (value != null && !type.isInstance(value)) {
      throw new BadRequest("The field '" + name + "' has to be " + what + ".");
    }
    return Optional.ofNullable(value).map(type::cast);
  }

  private static String textOf(String name, Object item) {
    if (item instanceof String text) {
      return text;
    }
    throw new BadRequest("The field '" + name + "' has to hold texts only.");
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
