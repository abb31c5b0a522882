package io.tidemark.catalog.point;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.store.Database;
import io.tidemark.repository.Ref;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which regions of a disk changed in a point. Points never change, so what was found is kept for a
 * while. Confined to one context.
 */
public final class ChangeMaps {
  private static final int KEPT = 500;

  private final Database database;
  private final PointStore points;
  private final Vault vault;
  private final Map<Key, PointChanges> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, PointChanges> eldest) {
          return size() > KEPT;
        }
      };

  public ChangeMaps(Database database, PointStore points, Vault vault) {
    this.database = database;
    this.points = points;
    this.vault = vault;
  }

  private record Key(String point, String target, int buckets) {}

  /**
   * Compares a disk of a point with the parent's.
   *
   * @return fails with a {@link Refusal} if the point has no such disk, or is not there
   */
  public Future<PointChanges> of(Point point, String target, int buckets) {
    Optional<PointDisk> disk = point.disk(target);
    if (disk.isEmpty() || !point.state().present()) {
      return Future.failedFuture(new Refusal(Refusal.Kind.NOT_FOUND, missing(point, target)));
    }
    Key key = new Key(point.id(), target, buckets);
    return Optional.ofNullable(kept.get(key))
        .map(Future::succeededFuture)
        .orElseGet(
            () -> compare(point, disk.get(), buckets).onSuccess(changes -> kept.put(key, changes)));
  }

  private Future<PointChanges> compare(Point point, PointDisk disk, int buckets) {
    return parent(point)
        .map(parent -> parent.flatMap(found -> found.disk(disk.target())))
        .compose(older ->
            vault.run(repository ->
                new TreeDiff(repository, disk.sizeBytes(), buckets)
                    .compare(
                        TreeDiff.Tree.of(Ref.parse(disk.root()), disk.sizeBytes()),
                        older
                            .map(before ->
                                TreeDiff.Tree.of(Ref.parse(before.root()), before.sizeBytes()))
                            .orElse(new TreeDiff.Tree(Ref.NIL, 1)))));
  }

  private Future<Optional<Point>> parent(Point point) {
    return point
        .parent()
        .map(id -> database.with(client -> points.get(client, id)))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
        // The nodes of a forgotten point may be gone.
        .map(parent -> parent.filter(found -> found.state().present()));
  }

  private static String missing(Point point, String target) {
    return point.state().present()
        ? "Restore point "
            + point.id()
            + " has no disk '"
            + target
            + "': it has "
            + String.join(", ", point.disks().stream().map(PointDisk::target).toList())
            + "."
        : "Restore point " + point.id() + " is forgotten: look at another one.";
  }
}
