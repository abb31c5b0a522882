package io.tidemark.catalog.restore;

import io.tidemark.catalog.Refusal;
import io.tidemark.catalog.point.PointStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreRequested;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says what a restore would write and overwrite, and changes nothing. */
public final class RestorePreviews {
  private static final String USED =
      """
      select name, disk ->> 'source', disk ->> 'metadataImage'
      from domain, jsonb_array_elements(disks) disk where hypervisor = $1 and not gone\
      """;

  private final Vertx vertx;
  private final Database database;
  private final PointStore points;
  private final RestoreRoots roots;
  private final TargetInspector inspector;

  /**
   * @param onHypervisor whether this host sees the hypervisor's files
   */
  public RestorePreviews(
      Vertx vertx, Database database, PointStore points, RestoreRoots roots, boolean onHypervisor) {
    this.vertx = vertx;
    this.database = database;
    this.points = points;
    this.roots = roots;
    this.inspector = new TargetInspector(roots, onHypervisor);
  }

  /**
   * Looks at the targets of a restore.
   *
   * @return fails with a {@link Refusal} where the restore itself would be refused
   */
  public Future<RestorePreview> of(RestoreRequested request) {
    return database
        .with(client -> points.get(client, request.pointId()))
        .map(point -> RestoreTargets.of(request, point, roots))
        .compose(verdict ->
            switch (verdict) {
              case RestoreTargets.Refused refused ->
                  Future.failedFuture(new Refusal(refused.kind(), refused.reason()));
              case RestoreTargets.Planned planned -> inspect(planned, request.overwrite());
            });
  }

  private Future<RestorePreview> inspect(RestoreTargets.Planned planned, boolean overwrite) {
    return used(planned.point().hypervisor())
        .compose(
            used -> vertx.executeBlocking(() -> inspect(planned.disks(), overwrite, used), false))
        .map(targets -> new RestorePreview(planned.point(), targets));
  }

  private List<RestorePreview.Target> inspect(
      List<RestoreDisk> disks, boolean overwrite, Map<String, String> used) {
    return disks.stream().map(disk -> inspector.inspect(disk, overwrite, used)).toList();
  }

  private Future<Map<String, String>> used(String hypervisor) {
    return database
        .query(USED, Tuple.of(hypervisor))
        .map(rows -> {
          Map<String, String> used = new HashMap<>();
          rows.forEach(row -> {
            used.put(row.getString(1), row.getString(0));
            used.put(row.getString(2), row.getString(0));
          });
          return used;
        });
  }
}
