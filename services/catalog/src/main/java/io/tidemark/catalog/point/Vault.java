package io.tidemark.catalog.point;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.LookOut.Wanted;
import io.tidemark.catalog.point.VaultState.Condition;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.NotARepositoryException;
import io.tidemark.repository.Repository;
import io.tidemark.repository.RepositoryException;
import io.tidemark.repository.UnknownFormatVersionException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The repository, with a watch kept on it. All work on it runs on worker threads of its own. What
 * is missing there is never taken for deleted: it raises an alarm and changes nothing.
 */
public final class Vault {
  private static final Logger LOG = LoggerFactory.getLogger(Vault.class);
  private static final int WORKERS = 4;
  private static final long LONGEST_HOURS = 24;

  private final Path directory;
  private final Database database;
  private final LookOut lookOut;
  private final WorkerExecutor workers;
  // Written by one check at a time, read by all.
  private volatile Optional<Repository> repository = Optional.empty();
  private volatile VaultState state =
      VaultState.unusable(Condition.UNREACHABLE, "The repository has not been looked at yet.");

  public Vault(Vertx vertx, Path directory, Database database) {
    this.directory = directory;
    this.database = database;
    this.lookOut = new LookOut(database);
    this.workers =
        vertx.createSharedWorkerExecutor(
            "catalog-repository", WORKERS, LONGEST_HOURS, TimeUnit.HOURS);
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** What the last check found. */
  public VaultState state() {
    return state;
  }

  /**
   * Looks whether the repository is there and has the points that the catalog has; of very many
   * points only for some, see {@link LookOut}.
   */
  public Future<VaultState> check() {
    return lookOut
        .next()
        .compose(wanted -> workers.executeBlocking(() -> inspect(wanted), true))
        .compose(this::judge)
        .onSuccess(this::enter);
  }

  /** The same for every point; as long as that takes. */
  public Future<VaultState> checkAll() {
    return check()
        .compose(state ->
            state.condition() == Condition.OK
                ? checkEach().onSuccess(this::enter)
                : Future.succeededFuture(state));
  }

  private Future<VaultState> checkEach() {
    return run(Repository::pointIds)
        .compose(lookOut::missingFrom)
        // What was sealed while the others were looked for is there.
        .compose(lacking ->
            run(repository ->
                lacking.stream()
                    .filter(id -> !repository.hasPoint(id))
                    .collect(Collectors.toUnmodifiableSet())))
        .compose(missing ->
            lookOut
                .total()
                .map(total -> {
                  lookOut.remember(missing);
                  String about = missing.size() > LookOut.REMEMBERED ? "at least " : "";
                  return lacking(missing, total, missing.size() < total, about);
                }));
  }

  /**
   * Runs blocking work on the repository, on a worker thread.
   *
   * @return fails with a {@link Refusal} while there is none, and with what {@code work} throws
   */
  public <T> Future<T> run(Function<Repository, T> work) {
    return repository
        .map(open -> workers.executeBlocking(() -> work.apply(open), false))
        .orElseGet(
            () -> Future.failedFuture(new Refusal(Refusal.Kind.UNAVAILABLE, state.detail())));
  }

  /** Lets running work end, and closes the repository. */
  public Future<Void> close() {
    return workers
        .close()
        .onComplete(closed -> {
          repository.ifPresent(Repository::close);
          repository = Optional.empty();
        });
  }

  private void enter(VaultState next) {
    VaultState before = state;
    state = next;
    if (next.condition() == before.condition() && next.detail().equals(before.detail())) {
      return;
    }
    if (next.condition() == Condition.OK) {
      LOG.info("The repository is in order [repository: {}]", directory);
    } else {
      LOG.error("{} [repository: {}]", next.detail(), directory);
    }
  }

  private Future<VaultState> judge(Found found) {
    return switch (found) {
      case Unusable unusable -> Future.succeededFuture(unusable.state());
      case There there -> recordId(there.repositoryId()).compose(recorded -> judge(there));
    };
  }

  private Future<VaultState> judge(There there) {
    // What was forgotten while the repository was looked at is not missing.
    return lookOut
        .still(there.missing())
        .map(Set::copyOf)
        .map(missing -> {
          lookOut.remember(missing);
          Wanted wanted = there.wanted();
          return lacking(
              missing,
              wanted.total(),
              missing.size() < wanted.points().size(),
              wanted.all() ? "" : "at least ");
        });
  }

  private Future<Void> recordId(String id) {
    return database
        .query(
            "insert into repository (id, path) values ($1, $2) on conflict (singleton)"
                + " do update set id = excluded.id, path = excluded.path where"
                + " repository.id <> excluded.id or repository.path <> excluded.path",
            Tuple.of(id, directory.toString()))
        .mapEmpty();
  }

  private Found inspect(Wanted wanted) {
    try {
      Repository open = open(wanted);
      if (!wanted.none() && wanted.repositoryId().filter(id -> !id.equals(open.id())).isPresent()) {
        return Found.bad(Condition.ALARM, anotherRepository(wanted));
      }
      return new There(wanted, missing(open, wanted), open.id());
    } catch (UnknownFormatVersionException e) {
      return Found.bad(Condition.UNKNOWN_FORMAT, e.getMessage());
    } catch (NotARepositoryException e) {
      return Found.bad(
          Condition.ALARM,
          e.getMessage()
              + " The catalog has "
              + wanted.total()
              + " restore points that belong there, and has deleted nothing. Check that the"
              + " repository's storage is mounted.");
    } catch (RepositoryException e) {
      return Found.bad(Condition.UNREACHABLE, e.getMessage());
    }
  }

  private Repository open(Wanted wanted) {
    if (repository.isEmpty()) {
      // Only a catalog without points may take an empty directory for a new repository.
      Repository opened =
          wanted.none() ? Repository.openOrCreate(directory) : Repository.open(directory);
      repository = Optional.of(opened);
      opened.reclaimLeftovers();
    }
    return repository.get();
  }

  private static Set<String> missing(Repository open, Wanted wanted) {
    Set<String> missing = new HashSet<>(wanted.points());
    if (wanted.all()) {
      open.pointIds().forEach(missing::remove);
    } else {
      missing.removeIf(open::hasPoint);
    }
    return missing;
  }

  private VaultState lacking(Set<String> missing, long total, boolean usable, String about) {
    if (missing.isEmpty()) {
      return new VaultState(Condition.OK, "", true, Set.of());
    }
    String detail =
        "The repository "
            + directory
            + " lacks "
            + about
            + missing.size()
            + " of the "
            + total
            + " restore points that the catalog has. Nothing was deleted for that. Check that the"
            + " right storage is mounted; forget the points if they are gone for good.";
    return new VaultState(Condition.ALARM, detail, usable, missing);
  }

  private String anotherRepository(Wanted wanted) {
    return directory
        + " holds another repository than the one that the catalog's "
        + wanted.total()
        + " restore points are in. Nothing was deleted for that. Mount the right storage, or start"
        + " this repository with an empty database.";
  }

  /** What a look has found. */
  private sealed interface Found {
    static Found bad(Condition condition, String detail) {
      return new Unusable(VaultState.unusable(condition, detail));
    }
  }

  /** The repository can't be used. */
  private record Unusable(VaultState state) implements Found {}

  /** The repository is there, but for those points. */
  private record There(Wanted wanted, Set<String> missing, String repositoryId) implements Found {}
}
