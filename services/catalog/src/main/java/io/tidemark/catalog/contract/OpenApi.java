package io.tidemark.catalog.contract;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonFormatValidator;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract of the HTTP API (OpenAPI 3.1, whose schemas are JSON Schema 2020-12). */
public final class OpenApi {
  private static final String RESOURCE = "/openapi.yaml";
  private static final String BASE = "https://tidemark.invalid/openapi";

  private static final String ASYNC = "/asyncapi.json";

  private final Buffer asyncApi;
  private final String yaml;
  private final JsonObject document;
  private final SchemaRepository schemas;
  private final List<Operation> operations;

  private OpenApi(String yaml, JsonObject document, Buffer asyncApi) {
    this.asyncApi = asyncApi;
    this.yaml = yaml;
    this.document = document;
    this.schemas =
        SchemaRepository.create(
            new JsonSchemaOptions()
                .setDraft(Draft.DRAFT202012)
                .setBaseUri(BASE)
                .setOutputFormat(OutputFormat.Basic),
            JsonFormatValidator.DEFAULT_VALIDATOR);
    // It writes into what it is given.
    schemas.dereference(BASE, JsonSchema.of(document.copy()));
    this.operations = new OperationReader(this::at, document).operations();
  }

  /** Reads the contract from the class path; blocks. */
  public static OpenApi load() {
    String yaml = new String(resource(RESOURCE), StandardCharsets.UTF_8);
    Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    return new OpenApi(yaml, new JsonObject(Json.encode(tree)), Buffer.buffer(resource(ASYNC)));
  }

  private static byte[] resource(String name) {
    try (InputStream stream =
        Objects.requireNonNull(OpenApi.class.getResourceAsStream(name), name)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document as it was written. */
  public String yaml() {
    return yaml;
  }

  /** The document as JSON. */
  public Buffer json() {
    return document.toBuffer();
  }

  /** The events on Kafka, as an AsyncAPI document. */
  public Buffer asyncApi() {
    return asyncApi;
  }

  /** Everything that the API can do. */
  public List<Operation> operations() {
    return operations;
  }

  /** The operation of that id. */
  public Optional<Operation> operation(String id) {
    return operations.stream().filter(operation -> operation.id().equals(id)).findFirst();
  }

  /** What is at a reference such as {@code #/components/schemas/Vm}, references followed. */
  public JsonObject at(String reference) {
    JsonObject found = (JsonObject) JsonPointer.from(reference.substring(1)).queryJson(document);
    return follow(Objects.requireNonNull(found, reference));
  }

  /** {@code schema}, or what it refers to. */
  JsonObject follow(JsonObject schema) {
    String reference = schema.getString("$ref");
    return reference == null ? schema : at(reference);
  }

  /** Whether a value is as the schema at a reference says. */
  OutputUnit validate(String reference, Object value) {
    return schemas.validator(BASE + reference).validate(value);
  }

  /** Whether a value is as a schema without references says. */
  OutputUnit validate(JsonObject schema, Object value) {
    return schemas.validator(JsonSchema.of(schema.copy())).validate(value);
  }

  JsonObject document() {
    return document;
  }
}
