package io.tidemark.catalog.http;

import io.tidemark.catalog.contract.OpenApi;
import io.tidemark.catalog.contract.Operation;
import io.tidemark.catalog.contract.Parameter;
import io.tidemark.catalog.contract.RequestCheck;
import io.tidemark.catalog.contract.Violation;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Routes every operation of the contract to what answers it: first whether it can be answered at
 * all, then whether whoever asks may, then whether the request is as the contract says.
 */
final class OperationRoutes {
  private static final String BASE = "/api/v1";

  private final OpenApi contract;
  private final RequestCheck check;
  private final Gates gates;
  private final BooleanSupplier ready;

  /** What every request passes. */
  record Gates(Guard guard, Repeats repeats, Scribe scribe) {}

  /**
   * @param ready whether the database is there
   */
  OperationRoutes(OpenApi contract, Gates gates, BooleanSupplier ready) {
    this.contract = contract;
    this.gates = gates;
    this.check = new RequestCheck(contract);
    this.ready = ready;
  }

  /** Fails if the contract and the answers don't fit each other. */
  void mount(Router router, Map<String, Answer> answers) {
    Set<String> promised = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      promised.add(operation.id());
    }
    if (!promised.equals(answers.keySet())) {
      throw new IllegalStateException(
          "The contract has the operations "
              + promised
              + ", but answered are "
              + new TreeSet<>(answers.keySet()));
    }
    for (Operation operation : contract.operations()) {
      Answer answer = answers.get(operation.id());
      router
          .route(operation.method(), BASE + operation.path().replaceAll("\\{(\\w+)}", ":$1"))
          .handler(context -> serve(context, operation, answer));
    }
  }

  /** The methods that there are at a path, as the header Allow names them. */
  String allowed(String path) {
    return contract.operations().stream()
        .filter(operation -> path.matches(BASE + operation.path().replaceAll("\\{\\w+}", "[^/]+")))
        .map(operation -> operation.method().name())
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private void serve(RoutingContext context, Operation operation, Answer answer) {
    requireReady(operation)
        .compose(begun -> gates.guard().admit(context, operation))
        .compose(admitted -> {
          look(context, operation);
          return gates.repeats().once(context, operation, answer);
        })
        .onSuccess(reply -> answer(context, operation, reply))
        .onFailure(failure -> refuse(context, operation, Problem.of(failure, context)));
  }

  private void answer(RoutingContext context, Operation operation, Reply reply) {
    gates
        .scribe()
        .record(context, operation, reply.status(), Optional.empty())
        .onComplete(written -> reply.send(context));
  }

  private void refuse(RoutingContext context, Operation operation, Problem problem) {
    gates
        .scribe()
        .record(context, operation, problem.status(), Optional.of(problem.detail()))
        .onComplete(written -> problem.send(context));
  }

  private Future<Void> requireReady(Operation operation) {
    return !operation.needsDatabase() || ready.getAsBoolean()
        ? Future.succeededFuture()
        : Future.failedFuture(
            new BadRequest(
                503,
                "The catalog is starting and waits for its database: /api/v1/status says what is"
                    + " missing."));
  }

  private void look(RoutingContext context, Operation operation) {
    refuse(check.unknownQuery(operation, context.queryParams().names()));
    refuseNul(context);
    for (Parameter parameter : operation.parameters()) {
      Optional<String> value =
          switch (parameter.in()) {
            case PATH -> Optional.ofNullable(context.pathParam(parameter.name()));
            case QUERY -> Query.text(context, parameter.name());
            case HEADER -> Optional.ofNullable(context.request().getHeader(parameter.name()));
          };
      if (value.isEmpty() && parameter.name().equals("If-Match")) {
        throw new BadRequest(
            428, "A change needs the header If-Match with the ETag of what is to be changed.");
      }
      refuse(check.parameter(parameter, value));
    }
    operation.body().ifPresent(schema -> refuse(check.body(schema, RequestBody.read(context))));
  }

  /** No text of PostgreSQL, no file name and no VM name can hold it. */
  private static void refuseNul(RoutingContext context) {
    boolean inBody =
        context.body().buffer() != null && context.body().asString().contains("\\u0000");
    if (inBody
        || context.pathParams().values().stream().anyMatch(value -> value.indexOf(0) >= 0)
        || context.queryParams().entries().stream()
            .anyMatch(entry -> entry.getValue().indexOf(0) >= 0)) {
      throw new BadRequest("The request holds a NUL character: leave it out.");
    }
  }

  private static void refuse(Optional<Violation> violation) {
    violation.ifPresent(found -> {
      throw new BadRequest(found.detail());
    });
  }
}
