package io.tidemark.catalog.domain;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.List;

/** Finds the one domain that a request means. */
public final class Domains {

  /** What was found. */
  public sealed interface Found {}

  /** The domain that was meant. */
  public record One(Domain domain) implements Found {}

  /** None, or no single one; the reason is a sentence that says what to do. */
  public record None(String reason) implements Found {}

  private final DomainStore store;

  public Domains(DomainStore store) {
    this.store = store;
  }

  /** The domain of that name or UUID that is defined now. */
  public Future<Found> defined(SqlClient client, String nameOrUuid) {
    return store
        .find(client, nameOrUuid)
        .map(domains -> {
          List<Domain> defined = domains.stream().filter(domain -> !domain.gone()).toList();
          if (defined.isEmpty() && !domains.isEmpty()) {
            Domain gone = domains.get(0);
            return new None(
                "VM '"
                    + gone.name()
                    + "' is no longer defined on hypervisor "
                    + gone.hypervisor()
                    + ": define it there again; its restore points can still be restored.");
          }
          return single(defined, nameOrUuid);
        });
  }

  /** The domain of that name or UUID, defined or remembered by its points. */
  public Future<Found> known(SqlClient client, String nameOrUuid) {
    return store
        .find(client, nameOrUuid)
        .map(domains -> {
          List<Domain> defined = domains.stream().filter(domain -> !domain.gone()).toList();
          return single(defined.isEmpty() ? domains : defined, nameOrUuid);
        });
  }

  private static Found single(List<Domain> domains, String nameOrUuid) {
    if (domains.size() == 1) {
      return new One(domains.get(0));
    }
    if (domains.isEmpty()) {
      return new None(
          "There is no VM '"
              + nameOrUuid
              + "': look at the list of VMs; a new one shows up within a minute while the"
              + " inventory service runs.");
    }
    return new None(
        "There are "
            + domains.size()
            + " VMs '"
            + nameOrUuid
            + "': use the UUID of the one that is meant, "
            + String.join(" or ", domains.stream().map(Domain::uuid).toList())
            + ".");
  }
}
