package io.tidemark.catalog.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.catalog.access.Role;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class OpenApiTest {
  private static final OpenApi CONTRACT = OpenApi.load();
  private static final RequestCheck CHECK = new RequestCheck(CONTRACT);

  @Test
  void itIsAnOpenApiDocument() throws Exception {
    Vertx vertx = Vertx.vertx();
    JsonObject document = CONTRACT.json().toJsonObject();
    OpenAPIVersion version = OpenAPIVersion.fromContract(document);
    try {
      OutputUnit result =
          version
              .getRepository(vertx, "https://tidemark.invalid")
              .compose(schemas -> version.validateContract(vertx, schemas, document))
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);

      assertThat(version).isEqualTo(OpenAPIVersion.V3_1);
      assertThat(result.getValid()).as(String.valueOf(result.toJson())).isTrue();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyOperationHasAnIdOfItsOwnAndWhoMayIsSaid() {
    Set<String> ids = new HashSet<>();

    for (Operation operation : CONTRACT.operations()) {
      assertThat(ids.add(operation.id())).as(operation.id()).isTrue();
    }
    assertThat(open())
        .containsExactlyInAnyOrder(
            "getSession", "login", "logout", "getOpenApiYaml", "getOpenApiJson", "getAsyncApiJson");
    assertThat(changedByViewers()).containsExactly("changePassword");
  }

  private static List<String> open() {
    return CONTRACT.operations().stream()
        .filter(operation -> operation.role().isEmpty())
        .map(Operation::id)
        .toList();
  }

  private static List<String> changedByViewers() {
    return CONTRACT.operations().stream()
        .filter(operation -> operation.role().equals(Optional.of(Role.VIEWER)))
        .filter(Operation::changes)
        .map(Operation::id)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsAsItsSchemaSays(String where, String reference, Object example) {
    Optional<OutputUnit> wrong = Units.first(CONTRACT.validate(reference, example));

    assertThat(wrong.map(unit -> unit.getInstanceLocation() + " " + unit.getError()))
        .as(where)
        .isEmpty();
  }

  static Stream<Object[]> examples() {
    return examples("", CONTRACT.json().toJsonObject());
  }

  private static Stream<Object[]> examples(String where, Object at) {
    if (at instanceof JsonArray array) {
      return array.stream().flatMap(item -> examples(where, item));
    }
    if (!(at instanceof JsonObject object)) {
      return Stream.empty();
    }
    Stream<Object[]> inside =
        object.fieldNames().stream()
            .flatMap(name -> examples(where + "/" + name, object.getValue(name)));
    boolean shown =
        object.containsKey("example")
            && object.getValue("schema") instanceof JsonObject schema
            && schema.containsKey("$ref");
    return shown
        ? Stream.concat(
            Stream.<Object[]>of(
                new Object[] {
                  where,
                  object.getJsonObject("schema").getString("$ref"),
                  object.getValue("example")
                }),
            inside)
        : inside;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "BackupRequest | {\"vm\":\"\"} | The field 'vm' has to have 1 to 1024 characters.",
        "BackupRequest | {\"vm\":\"web\",\"disks\":[7]} | The field 'disks/0' has to be a text.",
        "BackupRequest | {\"vm\":\"web\",\"disks\":\"vda\"} | The field 'disks' has to be an array.",
        "RestoreRequest | {\"point\":\"p\",\"disks\":{\"vda\":1}} | The field 'disks/vda' has to be a text.",
        "SettingsChange | {\"atRiskAfterHours\":0} | The field 'atRiskAfterHours' is 0, but has to be from 1 to 8760.",
        "TokenRequest | {\"name\":\"n\",\"role\":\"root\"} | The field 'role' can't be 'root': it is one of viewer, operator, admin.",
        "UserRequest | {\"name\":\"a\",\"role\":\"admin\",\"password\":\"short\"} | The field 'password' has to have 12 to 1024 characters.",
      })
  void whatIsWrongWithABodyIsSaidInWords(String schema, String body, String detail) {
    Optional<Violation> violation =
        CHECK.body("#/components/schemas/" + schema, new JsonObject(body));

    assertThat(violation.map(Violation::detail)).contains(detail);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listVms | limit | 0 | The parameter 'limit' is 0, but has to be from 1 to 1000.",
        "listVms | limit | many | The parameter 'limit' has to be a whole number.",
        "listVms | cursor | a b | The parameter 'cursor' has to look like ^[A-Za-z0-9_-]+$.",
        "listPoints | from | yesterday | The parameter 'from' has to be a time like"
            + " 2026-11-23T09:15:00Z, not 'yesterday'.",
        "listJobs | state | asleep | The parameter 'state' can't be 'asleep': it is one of queued,"
            + " running, succeeded, failed.",
      })
  void whatIsWrongWithAParameterIsSaidInWords(
      String operation, String name, String value, String detail) {
    Parameter parameter =
        CONTRACT.operation(operation).orElseThrow().parameters().stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow();

    assertThat(CHECK.parameter(parameter, Optional.of(value)).map(Violation::detail))
        .contains(detail);
  }
}
