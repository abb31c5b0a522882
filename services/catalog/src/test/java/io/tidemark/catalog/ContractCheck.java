package io.tidemark.catalog;

import io.tidemark.catalog.contract.OpenApi;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.contract.ResponseCheck;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whether answers are what the contract promises. */
final class ContractCheck {
  static final OpenApi CONTRACT = OpenApi.load();
  private static final String BASE = "/api/v1";
  private static final ResponseCheck CHECK = new ResponseCheck(CONTRACT);

  private static final Set<String> ANSWERED = ConcurrentHashMap.newKeySet();

  private ContractCheck() {}

  /** The operations that were answered well so far. */
  static Set<String> answered() {
    return ANSWERED;
  }

  /** Fails the test if the answer is to an operation of the contract and not as it says. */
  static void check(HttpResponse<String> response) {
    Optional<Operation> operation = operation(response);
    Optional<String> type =
        response.headers().firstValue("Content-Type").map(text -> text.split(";", 2)[0]);
    operation
        .filter(found -> response.statusCode() < 300)
        .ifPresent(found -> ANSWERED.add(found.id()));
    operation
        .flatMap(found -> CHECK.check(found, response.statusCode(), type, response.body()))
        .ifPresent(wrong -> {
          throw new AssertionError(
              response.request().method() + " " + response.uri() + " is not as promised: " + wrong);
        });
  }

  private static Optional<Operation> operation(HttpResponse<String> response) {
    String path = response.uri().getRawPath();
    return CONTRACT.operations().stream()
        .filter(operation -> operation.method().name().equals(response.request().method()))
        .filter(operation -> path.matches(BASE + operation.path().replaceAll("\\{\\w+}", "[^/]+")))
        .min(Comparator.comparingInt(operation -> operation.parameters().size()));
  }
}
