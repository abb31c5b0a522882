package io.tidemark.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Events as CloudEvents 1.0 in structured JSON ("JSON Event Format for CloudEvents"), so that any
 * consumer can read them from the message value alone. Thread-safe; never blocks.
 */
public final class CloudEvents {
  /**
   * The Kafka header {@code content-type} of every message (CloudEvents Kafka binding, section
   * 3.3).
   */
  public static final String CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8";

  /**
   * The Kafka header with an event's type, for readers that pass over most types. Other systems may
   * leave it out (CloudEvents Kafka binding, section 3.3.3: metadata headers).
   */
  public static final String TYPE_HEADER = "ce_type";

  private static final String TYPE_PREFIX = "io.tidemark.";
  private static final String TYPE_VERSION = ".v1";

  private final ObjectMapper json =
      JsonMapper.builder()
          .addModules(new Jdk8Module(), new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Map<String, Class<? extends Event>> types =
      eventTypes(Event.class)
          .collect(Collectors.toUnmodifiableMap(CloudEvents::typeOf, Function.identity()));

  /** The CloudEvents {@code type} of an event class. */
  public static String typeOf(Class<? extends Event> type) {
    return TYPE_PREFIX + type.getSimpleName() + TYPE_VERSION;
  }

  /** Every event type that there is, by its CloudEvents {@code type}. */
  public Map<String, Class<? extends Event>> types() {
    return types;
  }

  /** Writes an event as one JSON object in UTF-8. */
  public byte[] encode(EventEnvelope<?> envelope) {
    ObjectNode node = json.createObjectNode();
    node.put("specversion", "1.0");
    node.put("id", envelope.id());
    node.put("source", envelope.source());
    node.put("type", typeOf(envelope.event().getClass()));
    node.put("subject", envelope.event().key());
    node.put("time", envelope.time().toString());
    node.put("datacontenttype", "application/json");
    node.set("data", json.valueToTree(envelope.event()));
    try {
      return json.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an event could not be written as JSON: " + envelope, e);
    }
  }

  /**
   * Reads an event.
   *
   * @throws UnreadableEventException if it is none, or of a type that this version doesn't know
   */
  public EventEnvelope<Event> decode(byte[] message) {
    JsonNode node = parse(message);
    String type = attribute(node, "type");
    Class<? extends Event> eventType =
        Optional.<Class<? extends Event>>ofNullable(types.get(type))
            .orElseThrow(() -> new UnreadableEventException("unknown event type '" + type + "'"));
    if (!"1.0".equals(attribute(node, "specversion"))) {
      throw new UnreadableEventException(
          "not CloudEvents 1.0 but " + attribute(node, "specversion"));
    }
    return new EventEnvelope<>(
        attribute(node, "id"), attribute(node, "source"), time(node), data(node, eventType));
  }

  private JsonNode parse(byte[] message) {
    try {
      JsonNode node = json.readTree(message);
      if (node == null || !node.isObject()) {
        throw new UnreadableEventException("a message is not a JSON object");
      }
      return node;
    } catch (IOException e) {
      throw new UnreadableEventException("a message is not JSON: " + e.getMessage(), e);
    }
  }

  private Event data(JsonNode node, Class<? extends Event> type) {
    try {
      Event event = json.treeToValue(node.path("data"), type);
      if (event == null) {
        throw new UnreadableEventException("an event of type '" + typeOf(type) + "' has no data");
      }
      return event;
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new UnreadableEventException(
          "the data of an event don't fit its type '" + typeOf(type) + "': " + e.getMessage(), e);
    }
  }

  private static Instant time(JsonNode node) {
    String text = node.path("time").asText("");
    try {
      // CloudEvents makes the time optional; without one the fact is as old as the oldest.
      return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new UnreadableEventException("an event's time is not RFC 3339: '" + text + "'", e);
    }
  }

  private static String attribute(JsonNode node, String name) {
    String value = node.path(name).asText("");
    if (value.isEmpty()) {
      throw new UnreadableEventException("a message is not a CloudEvent: it has no '" + name + "'");
    }
    return value;
  }

  private static Stream<Class<? extends Event>> eventTypes(Class<? extends Event> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses())
            .flatMap(permitted -> eventTypes(permitted.asSubclass(Event.class)))
        : Stream.of(type);
  }
}
