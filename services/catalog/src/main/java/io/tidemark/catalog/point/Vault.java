package io.tidemark.catalog.point;

import io.tidemark.catalog.Refusal;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
  private final PointStore points;
  private final WorkerExecutor workers;
  // Written by one check at a time, read by all.
  private volatile Optional<Repository> repository = Optional.empty();
  private volatile VaultState state =
      VaultState.unusable(Condition.UNREACHABLE, "The repository has not been looked at yet.");

  public Vault(Vertx vertx, Path directory, Database database, PointStore points) {
    this.directory = directory;
    this.database = database;
    this.points = points;
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

  /** Looks whether the repository is there and has every point that the catalog has. */
  public Future<VaultState> check() {
    return known()
        .compose(known -> workers.executeBlocking(() -> inspect(known), true))
        .compose(found -> recordId(found.repositoryId()).map(found.state()))
        .onSuccess(this::enter);
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

  private Future<Known> known() {
    return Future.all(
            ids(PointState.SEALED),
            ids(PointState.DAMAGED),
            database.one("select id from repository", Tuple.tuple(), row -> row.getString(0)))
        .map(all -> {
          Set<String> ids = new HashSet<>(all.<List<String>>resultAt(0));
          ids.addAll(all.<List<String>>resultAt(1));
          return new Known(ids, all.resultAt(2));
        });
  }

  private Future<Void> recordId(Optional<String> id) {
    return id.map(found ->
            database
                .query(
                    "insert into repository (id, path) values ($1, $2) on conflict (singleton)"
                        + " do update set id = excluded.id, path = excluded.path where"
                        + " repository.id <> excluded.id or repository.path <> excluded.path",
                    Tuple.of(found, directory.toString()))
                .<Void>mapEmpty())
        .orElseGet(Future::succeededFuture);
  }

  private Found inspect(Known known) {
    try {
      Repository open = open(known);
      if (!known.points().isEmpty()
          && known.repositoryId().filter(id -> !id.equals(open.id())).isPresent()) {
        return Found.bad(Condition.ALARM, anotherRepository(known));
      }
      return new Found(compare(known, Set.copyOf(open.pointIds())), Optional.of(open.id()));
    } catch (UnknownFormatVersionException e) {
      return Found.bad(Condition.UNKNOWN_FORMAT, e.getMessage());
    } catch (NotARepositoryException e) {
      return Found.bad(
          Condition.ALARM,
          e.getMessage()
              + " The catalog has "
              + known.points().size()
              + " restore points that belong there, and has deleted nothing. Check that the"
              + " repository's storage is mounted.");
    } catch (RepositoryException e) {
      return Found.bad(Condition.UNREACHABLE, e.getMessage());
    }
  }

  private Repository open(Known known) {
    if (repository.isEmpty()) {
      // Only a catalog without points may take an empty directory for a new repository.
      Repository opened =
          known.points().isEmpty()
              ? Repository.openOrCreate(directory)
              : Repository.open(directory);
      repository = Optional.of(opened);
      opened.reclaimLeftovers();
    }
    return repository.get();
  }

  private VaultState compare(Known known, Set<String> present) {
    Set<String> missing = new HashSet<>(known.points());
    missing.removeAll(present);
    if (missing.isEmpty()) {
      return new VaultState(Condition.OK, "", true, Set.of());
    }
    String detail =
        "The repository "
            + directory
            + " lacks "
            + missing.size()
            + " of the "
            + known.points().size()
            + " restore points that the catalog has. Nothing was deleted for that. Check that the"
            + " right storage is mounted; forget the points if they are gone for good.";
    return new VaultState(Condition.ALARM, detail, missing.size() < known.points().size(), missing);
  }

  private String anotherRepository(Known known) {
    return directory
        + " holds another repository than the one that the catalog's "
        + known.points().size()
        + " restore points are in. Nothing was deleted for that. Mount the right storage, or start"
        + " this repository with an empty database.";
  }

  private Future<List<String>> ids(PointState state) {
    return database.with(client -> points.ids(client, state));
  }

  private record Known(Set<String> points, Optional<String> repositoryId) {}

  private record Found(VaultState state, Optional<String> repositoryId) {
    static Found bad(Condition condition, String detail) {
      return new Found(VaultState.unusable(condition, detail), Optional.empty());
    }
  }
}
