package io.tidemark.catalog.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Looks whether the parts of a request are as the contract says. */
public final class RequestCheck {
  private final OpenApi contract;

  public RequestCheck(OpenApi contract) {
    this.contract = contract;
  }

  /** What is wrong with a parameter's value; an absent one is empty. */
  public Optional<Violation> parameter(Parameter parameter, Optional<String> text) {
    String what = parameter.in() == Parameter.Place.HEADER ? "header" : "parameter";
    String name = "The " + what + " '" + parameter.name() + "'";
    if (text.isEmpty()) {
      return parameter.required()
          ? Optional.of(new Violation(name + " is missing: it is needed."))
          : Optional.empty();
    }
    Object value = typed(parameter.schema(), text.get());
    return first(contract.validate(parameter.schema(), value))
        .map(unit -> new Violation(name + " " + complaint(unit, parameter.schema(), value)));
  }

  /** The first of these query parameters that the operation doesn't have. */
  public Optional<Violation> unknownQuery(Operation operation, Set<String> names) {
    Set<String> known = new TreeSet<>();
    operation.parameters().stream()
        .filter(parameter -> parameter.in() == Parameter.Place.QUERY)
        .forEach(parameter -> known.add(parameter.name()));
    return names.stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(name ->
            new Violation(
                "There is no parameter '"
                    + name
                    + "' here: "
                    + (known.isEmpty() ? "there are none." : "use " + orList(known) + ".")));
  }

  /** What is wrong with a body. */
  public Optional<Violation> body(String schemaReference, JsonObject body) {
    JsonObject schema = contract.at(schemaReference);
    return unknownField(schema, body)
        .or(() -> missingField(schema, body))
        .or(() ->
            first(contract.validate(schemaReference, body))
                .map(unit -> new Violation(bodyComplaint(schema, body, unit))));
  }

  private static Optional<Violation> unknownField(JsonObject schema, JsonObject body) {
    Set<String> known = new TreeSet<>(properties(schema).fieldNames());
    return body.fieldNames().stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(name ->
            new Violation(
                "There is no field '"
                    + name
                    + "' in this request: it can have "
                    + String.join(", ", known)
                    + "."));
  }

  private static Optional<Violation> missingField(JsonObject schema, JsonObject body) {
    return schema.getJsonArray("required", new JsonArray()).stream()
        .map(String.class::cast)
        .filter(name -> body.getValue(name) == null)
        .findFirst()
        .map(name -> new Violation("The field '" + name + "' is missing: it is needed."));
  }

  private String bodyComplaint(JsonObject schema, JsonObject body, OutputUnit unit) {
    String path = unit.getInstanceLocation().replaceFirst("^#/?", "");
    List<String> steps = List.of(path.split("/"));
    String field = steps.get(0);
    JsonObject property =
        contract.follow(properties(schema).getJsonObject(field, new JsonObject()));
    Object value = body.getValue(field);
    if (steps.size() > 1) {
      property = contract.follow(inner(property));
      value = unit.getInstanceLocation();
    }
    return "The field '" + path + "' " + complaint(unit, property, value);
  }

  private static JsonObject inner(JsonObject property) {
    return property.getValue("items") instanceof JsonObject items
        ? items
        : property.getValue("additionalProperties") instanceof JsonObject values
            ? values
            : new JsonObject();
  }

  private static String complaint(OutputUnit unit, JsonObject schema, Object value) {
    String keyword = Units.keyword(unit);
    return switch (keyword) {
      case "enum" -> "can't be '" + value + "': it is one of " + words(schema) + ".";
      case "type" -> "has to be " + typeNames(schema) + ".";
      case "minimum", "maximum" -> "is " + value + ", but has to be " + range(schema) + ".";
      case "minLength", "maxLength" -> "has to have " + length(schema) + ".";
      case "maxItems" -> "can hold " + schema.getValue("maxItems") + " at most.";
      case "pattern" -> "has to look like " + schema.getString("pattern") + ".";
      case "format" -> "has to be a " + format(schema) + ", not '" + value + "'.";
      default -> "is not as it should be: " + unit.getError() + ".";
    };
  }

  private static Optional<OutputUnit> first(OutputUnit result) {
    return Units.first(result);
  }

  private static Object typed(JsonObject schema, String text) {
    return "integer".equals(schema.getValue("type")) && text.matches("-?[0-9]{1,18}")
        ? (Object) Long.valueOf(text)
        : text;
  }

  private static String words(JsonObject schema) {
    return String.join(", ", schema.getJsonArray("enum").stream().map(String::valueOf).toList());
  }

  private static String typeNames(JsonObject schema) {
    Object type = schema.getValue("type");
    List<String> types =
        type instanceof JsonArray several
            ? several.stream().map(String::valueOf).filter(name -> !"null".equals(name)).toList()
            : List.of(String.valueOf(type));
    return String.join(" or ", types.stream().map(RequestCheck::typeName).toList());
  }

  private static String typeName(String type) {
    return switch (type) {
      case "string" -> "a text";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "boolean" -> "true or false";
      case "array" -> "an array";
      default -> "an object";
    };
  }

  private static String range(JsonObject schema) {
    Object least = schema.getValue("minimum");
    Object most = schema.getValue("maximum");
    return most == null ? least + " or more" : "from " + least + " to " + most;
  }

  private static String length(JsonObject schema) {
    Object least = schema.getValue("minLength", 0);
    Object most = schema.getValue("maxLength");
    return (most == null ? least + " or more" : least + " to " + most) + " characters";
  }

  private static String format(JsonObject schema) {
    return "date-time".equals(schema.getString("format"))
        ? "time like 2026-11-23T09:15:00Z"
        : schema.getString("format");
  }

  private static JsonObject properties(JsonObject schema) {
    return schema.getJsonObject("properties", new JsonObject());
  }

  private static String orList(Set<String> names) {
    return String.join(", ", names);
  }
}
