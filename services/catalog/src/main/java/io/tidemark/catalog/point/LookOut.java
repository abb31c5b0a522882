package io.tidemark.catalog.point;

import io.tidemark.catalog.store.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Says which restore points to look for in the repository: all of them while they are few. Of many
 * it names the newest, those that were missed the last time, and some others, which are other ones
 * each time until all had their turn; so a look costs the same however many there are. Confined to
 * one context.
 */
final class LookOut {
  private static final int FEW = 1000;
  private static final int NEWEST = 500;
  private static final int OTHERS = 500;

  /** Of so many that are missing it is remembered which. */
  static final int REMEMBERED = 1000;

  private static final int PAGE = 50_000;
  private static final String PRESENT = "state in ('sealed', 'damaged')";
  private static final String NEWEST_FIRST = " order by created_at desc, id desc";

  /** An index alone answers these: the newest first, from a place on. */
  private static final String LATEST =
      "select id, created_at from point where " + PRESENT + NEWEST_FIRST + " limit $1";

  private static final String OLDER =
      "select id, created_at from point where (created_at, id) < ($1, $2) and "
          + PRESENT
          + NEWEST_FIRST
          + " limit $3";
  private static final String STILL =
      "select id from point where id = any($1) and " + PRESENT + " order by id";

  private final Database database;
  private Optional<Place> last = Optional.empty();
  private Set<String> missed = Set.of();

  LookOut(Database database) {
    this.database = database;
  }

  /**
   * What to look for.
   *
   * @param total how many points there are
   * @param all whether {@code points} are all of them
   * @param repositoryId which repository they are in, if that is known
   */
  record Wanted(Set<String> points, long total, boolean all, Optional<String> repositoryId) {
    Wanted {
      points = Set.copyOf(points);
    }

    boolean none() {
      return points.isEmpty();
    }
  }

  /** A point in the order of time. */
  private record Place(String id, OffsetDateTime createdAt) {
    static List<String> ids(List<Place> places) {
      return places.stream().map(Place::id).toList();
    }
  }

  /** What the next look is for. */
  Future<Wanted> next() {
    return repositoryId()
        .compose(repository ->
            older(Optional.empty(), FEW + 1)
                .compose(latest ->
                    latest.size() <= FEW
                        ? Future.succeededFuture(
                            new Wanted(
                                Set.copyOf(Place.ids(latest)), latest.size(), true, repository))
                        : some(latest.subList(0, NEWEST), repository)));
  }

  private Future<Wanted> some(List<Place> newest, Optional<String> repository) {
    Place from = last.orElseGet(newest::getLast);
    return Future.all(older(Optional.of(from), OTHERS), still(missed), total())
        .map(found -> {
          List<Place> others = found.resultAt(0);
          last = others.size() < OTHERS ? Optional.empty() : Optional.of(others.getLast());
          Set<String> points = new HashSet<>(Place.ids(newest));
          points.addAll(Place.ids(others));
          points.addAll(found.<List<String>>resultAt(1));
          return new Wanted(points, found.resultAt(2), false, repository);
        });
  }

  /** Those of the points that the catalog still has: others may be forgotten while one looks. */
  Future<List<String>> still(Collection<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture(List.of())
        : ids(STILL, Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)));
  }

  /** Looks for these again the next time. */
  void remember(Set<String> missing) {
    missed =
        missing.size() <= REMEMBERED
            ? missing
            : Set.copyOf(missing.stream().sorted().limit(REMEMBERED).toList());
  }

  /**
   * Looks through every point.
   *
   * @param there what the repository has, in ascending order
   * @return those that it lacks; enough of them when there are very many
   */
  Future<List<String>> missingFrom(List<String> there) {
    return missingFrom(there, Optional.empty(), List.of());
  }

  private Future<List<String>> missingFrom(
      List<String> there, Optional<Place> from, List<String> before) {
    return older(from, PAGE)
        .compose(page -> {
          List<String> missing = new ArrayList<>(before);
          Place.ids(page).stream()
              .filter(id -> Collections.binarySearch(there, id) < 0)
              .forEach(missing::add);
          return page.size() < PAGE || missing.size() > REMEMBERED
              ? still(missing)
              : missingFrom(there, Optional.of(page.getLast()), missing);
        });
  }

  private Future<List<Place>> older(Optional<Place> from, int limit) {
    return from.map(place -> database.query(OLDER, Tuple.of(place.createdAt(), place.id(), limit)))
        .orElseGet(() -> database.query(LATEST, Tuple.of(limit)))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false)
                .map(row -> new Place(row.getString(0), row.getOffsetDateTime(1)))
                .toList());
  }

  /** How many points there are. */
  Future<Long> total() {
    return database
        .one("select points from repository_total", Tuple.tuple(), row -> row.getLong(0))
        .map(found -> found.orElse(0L));
  }

  private Future<Optional<String>> repositoryId() {
    return database.one("select id from repository", Tuple.tuple(), row -> row.getString(0));
  }

  private Future<List<String>> ids(String sql, Tuple arguments) {
    return database
        .query(sql, arguments)
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }
}
