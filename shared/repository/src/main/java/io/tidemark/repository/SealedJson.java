package io.tidemark.repository;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * JSON documents that end in a checksum of themselves, so that a flipped bit is detected: the last
 * member is {@code checksum}, the SHA-256 of every byte of the file before the comma that precedes
 * it.
 */
final class SealedJson {

  /** More is neither written nor read. */
  static final int MAX_BYTES = 64 << 20;

  private static final String BEFORE = ",\n  \"checksum\" : \"sha256:";
  private static final String AFTER = "\"\n}\n";
  private static final int TAIL_BYTES = BEFORE.length() + 2 * Hash.BYTES + AFTER.length();

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_BYTES).build())
                  .build())
          .addModules(new Jdk8Module(), new JavaTimeModule())
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.USE_DEFAULTS))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final ObjectWriter writer =
      mapper.writer(
          new DefaultPrettyPrinter()
              .withObjectIndenter(new DefaultIndenter("  ", "\n"))
              .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  /** The file for {@code document}, a record with at least one component. */
  ByteBuffer encode(Object document) {
    try {
      String json = writer.writeValueAsString(document);
      String body = json.substring(0, json.length() - "\n}".length());
      String file = body + BEFORE + Hash.of(bytes(body)) + AFTER;
      return bytes(file);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("This cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a file made by {@link #encode}.
   *
   * @param what what the file is, for messages
   * @throws UnknownFormatVersionException when its {@code formatVersion} is not 1, whatever else is
   *     in it
   * @throws DamagedDataException when it is not what was written
   */
  <T> T decode(byte[] file, Class<T> type, String path, String what) {
    try {
      ObjectNode document = object(file, path);
      checkVersion(document, path, what);
      checkSeal(file, path);
      document.remove("checksum");
      return mapper.treeToValue(document, type);
    } catch (IOException | IllegalArgumentException e) {
      throw DamagedDataException.ofFile(path, "it is not a " + what + ": " + e.getMessage(), e);
    }
  }

  private ObjectNode object(byte[] file, String path) throws IOException {
    if (mapper.readTree(file) instanceof ObjectNode object) {
      return object;
    }
    throw DamagedDataException.ofFile(path, "it is not a JSON object", null);
  }

  private static void checkVersion(ObjectNode document, String path, String what) {
    JsonNode version = document.path("formatVersion");
    if (!version.isIntegralNumber()) {
      throw DamagedDataException.ofFile(path, "it states no format version", null);
    }
    if (version.longValue() != UnknownFormatVersionException.SUPPORTED) {
      throw new UnknownFormatVersionException(path, what, version.longValue());
    }
  }

  private static void checkSeal(byte[] file, String path) {
    int end = file.length - TAIL_BYTES;
    String tail =
        new String(
            file, Math.max(0, end), file.length - Math.max(0, end), StandardCharsets.ISO_8859_1);
    String expected = end < 0 ? "" : BEFORE + Hash.of(ByteBuffer.wrap(file, 0, end)) + AFTER;
    if (!tail.equals(expected)) {
      throw DamagedDataException.ofFile(path, "its checksum is wrong", null);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
