package io.tidemark.catalog.http;

import io.tidemark.catalog.contract.OpenApi;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** The contract itself. */
final class ContractApi {
  private final OpenApi contract;

  ContractApi(OpenApi contract) {
    this.contract = contract;
  }

  Map<String, Answer> answers() {
    return Map.of(
        "getOpenApiYaml", context -> document("application/yaml", Buffer.buffer(contract.yaml())),
        "getOpenApiJson", context -> document("application/json", contract.json()),
        "getAsyncApiJson", context -> document("application/json", contract.asyncApi()));
  }

  private static Future<Reply> document(String type, Buffer bytes) {
    return Future.succeededFuture(Reply.of(type, bytes));
  }
}
