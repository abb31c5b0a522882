package io.tidemark.catalog.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.Topic;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds the AsyncAPI document to the event records. After a change of them, {@code mvn test -pl
 * services/catalog -Dtest=AsyncApiTest -Dtidemark.docs.update=true} writes it anew.
 */
class AsyncApiTest {
  private static final Path DOCUMENT = Path.of("src/main/resources/asyncapi.json");
  private static final Path EVENTS = Path.of("../../docs/events.md");

  /** A type of events in the document of examples, which is held to the records by a test too. */
  private static final Pattern EXAMPLE =
      Pattern.compile("### (\\w+)\\s+Topic `([\\w.-]+)`\\.\\s+```json\\n(.*?)```", Pattern.DOTALL);

  private final Map<String, Class<? extends Event>> types = new CloudEvents().types();

  @Test
  void everyTypeTopicKeyAndFieldIsInTheDocument() throws IOException {
    String generated = document().encodePrettily() + "\n";
    if (Boolean.getBoolean("tidemark.docs.update")) {
      Files.writeString(DOCUMENT, generated);
    }

    assertThat(Files.readString(DOCUMENT)).isEqualTo(generated);
  }

  @Test
  void everyExampleIsAsTheDocumentSays() throws IOException {
    JsonObject document = new JsonObject(Files.readString(DOCUMENT));
    SchemaRepository schemas =
        SchemaRepository.create(
            new JsonSchemaOptions()
                .setDraft(Draft.DRAFT202012)
                .setBaseUri("https://tidemark.invalid/asyncapi")
                .setOutputFormat(OutputFormat.Basic));
    schemas.dereference(JsonSchema.of(document));

    Map<String, Example> examples = examples();

    assertThat(examples).hasSize(types.size());
    examples.forEach((name, example) -> {
      OutputUnit result =
          schemas
              .validator(
                  "https://tidemark.invalid/asyncapi#/components/messages/" + name + "/payload")
              .validate(example.json());
      assertThat(Units.first(result).map(unit -> unit.getInstanceLocation() + unit.getError()))
          .as(name)
          .isEmpty();
    });
  }

  private record Example(String topic, JsonObject json) {}

  private static Map<String, Example> examples() throws IOException {
    Map<String, Example> examples = new TreeMap<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(EVENTS));
    while (matcher.find()) {
      examples.put(
          matcher.group(1), new Example(matcher.group(2), new JsonObject(matcher.group(3))));
    }
    return examples;
  }

  private JsonObject document() throws IOException {
    Map<String, Example> examples = examples();
    JsonObject schemas = new JsonObject();
    JsonObject messages = new JsonObject();
    Map<String, JsonObject> channels = new TreeMap<>();
    for (Topic topic : Topic.values()) {
      channels.put(topic.topicName(), channel(topic));
    }
    JsonObject operations = new JsonObject();
    new TreeMap<>(types)
        .forEach((type, event) -> {
          String name = event.getSimpleName();
          Example example = examples.get(name);
          messages.put(name, message(type, event, example, schemas));
          String channel = channelName(example.topic());
          channels
              .get(example.topic())
              .getJsonObject("messages")
              .put(name, reference("#/components/messages/" + name));
          operations.put(
              "on" + name,
              new JsonObject()
                  .put("action", "receive")
                  .put("channel", reference("#/channels/" + channel))
                  .put(
                      "messages",
                      new JsonArray()
                          .add(reference("#/channels/" + channel + "/messages/" + name))));
        });
    JsonObject byName = new JsonObject();
    channels.forEach((topic, channel) -> byName.put(channelName(topic), channel));
    return new JsonObject()
        .put("asyncapi", "3.0.0")
        .put(
            "info",
            new JsonObject()
                .put("title", "Tidemark")
                .put("version", "1.0.0")
                .put(
                    "description",
                    "The events of Tidemark on Kafka: CloudEvents 1.0 in structured JSON, keyed by"
                        + " their subject. Fields are only ever added. Delivery is at least once;"
                        + " the id tells what came twice."))
        .put("defaultContentType", "application/cloudevents+json")
        .put(
            "servers",
            new JsonObject()
                .put(
                    "kafka",
                    new JsonObject().put("host", "localhost:9092").put("protocol", "kafka")))
        .put("channels", byName)
        .put("operations", operations)
        .put("components", new JsonObject().put("messages", messages).put("schemas", schemas));
  }

  private static JsonObject channel(Topic topic) {
    JsonObject binding = new JsonObject().put("topic", topic.topicName());
    binding.put("partitions", topic.partitions());
    JsonObject configuration = new JsonObject();
    configuration.put(
        "cleanup.policy", new JsonArray().add(topic.compacted() ? "compact" : "delete"));
    if (!topic.compacted()) {
      configuration.put("retention.ms", topic.retention().toMillis());
    }
    binding.put("topicConfiguration", configuration);
    return new JsonObject()
        .put("address", topic.topicName())
        .put("messages", new JsonObject())
        .put("bindings", new JsonObject().put("kafka", binding));
  }

  private static String channelName(String topic) {
    return topic.replace("tidemark.", "");
  }

  private JsonObject message(
      String type, Class<? extends Event> event, Example example, JsonObject schemas) {
    JsonObject properties =
        new JsonObject()
            .put("specversion", new JsonObject().put("const", "1.0"))
            .put("id", text())
            .put("source", text())
            .put("type", new JsonObject().put("const", type))
            .put("subject", text().put("description", "The key of the Kafka message."))
            .put("time", text().put("format", "date-time"))
            .put("datacontenttype", new JsonObject().put("const", "application/json"))
            .put("data", schema(event, schemas));
    return new JsonObject()
        .put("name", event.getSimpleName())
        .put("contentType", "application/cloudevents+json")
        .put(
            "headers",
            new JsonObject()
                .put("type", "object")
                .put(
                    "properties",
                    new JsonObject()
                        .put(
                            "content-type", new JsonObject().put("const", CloudEvents.CONTENT_TYPE))
                        .put(CloudEvents.TYPE_HEADER, new JsonObject().put("const", type))))
        .put(
            "payload",
            new JsonObject()
                .put("type", "object")
                .put(
                    "required",
                    new JsonArray(List.of("specversion", "id", "source", "type", "data")))
                .put("properties", properties))
        .put(
            "bindings",
            new JsonObject()
                .put(
                    "kafka",
                    new JsonObject()
                        .put(
                            "key",
                            text()
                                .put(
                                    "description",
                                    "The subject, as "
                                        + example.json().getString("subject")
                                        + "."))));
  }

  private JsonObject schema(Type type, JsonObject schemas) {
    if (type instanceof ParameterizedType generic) {
      Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      return switch (((Class<?>) generic.getRawType()).getSimpleName()) {
        case "Optional" ->
            new JsonObject()
                .put(
                    "oneOf",
                    new JsonArray()
                        .add(schema(last, schemas))
                        .add(new JsonObject().put("type", "null")));
        case "List" -> new JsonObject().put("type", "array").put("items", schema(last, schemas));
        case "Map" ->
            new JsonObject()
                .put("type", "object")
                .put("additionalProperties", schema(last, schemas));
        default -> throw new AssertionError("No schema is known for " + type);
      };
    }
    return plain((Class<?>) type, schemas);
  }

  private JsonObject plain(Class<?> type, JsonObject schemas) {
    if (type == String.class) {
      return text();
    }
    if (type == Instant.class) {
      return text().put("format", "date-time");
    }
    if (type == long.class || type == int.class || type == Long.class || type == Integer.class) {
      return new JsonObject().put("type", "integer");
    }
    if (type == boolean.class) {
      return new JsonObject().put("type", "boolean");
    }
    String name = type.getSimpleName();
    if (!schemas.containsKey(name)) {
      schemas.put(name, new JsonObject());
      schemas.put(name, type.isEnum() ? words(type) : object(type, schemas));
    }
    return reference("#/components/schemas/" + name);
  }

  private JsonObject object(Class<?> record, JsonObject schemas) {
    JsonArray required = new JsonArray();
    JsonObject properties = new JsonObject();
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getType() != Optional.class) {
        required.add(component.getName());
      }
      properties.put(component.getName(), schema(component.getGenericType(), schemas));
    }
    return new JsonObject()
        .put("type", "object")
        .put("required", required)
        .put("properties", properties);
  }

  private static JsonObject words(Class<?> type) {
    JsonArray words = new JsonArray();
    for (Object constant : type.getEnumConstants()) {
      words.add(word(type, ((Enum<?>) constant).name()));
    }
    return new JsonObject().put("type", "string").put("enum", words);
  }

  private static String word(Class<?> type, String constant) {
    try {
      return Optional.ofNullable(type.getField(constant).getAnnotation(JsonProperty.class))
          .map(JsonProperty::value)
          .orElse(constant);
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonObject text() {
    return new JsonObject().put("type", "string");
  }

  private static JsonObject reference(String to) {
    return new JsonObject().put("$ref", to);
  }
}
