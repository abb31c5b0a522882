package io.tidemark.catalog.restore;

import io.tidemark.catalog.job.ShardStore;
import io.tidemark.events.RestoreDisk;
import io.tidemark.events.RestoreRequested;
import io.tidemark.events.RestoreShardsPlanned;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;

/** The tables of restores and their disks. */
final class RestoreStore {
  private static final String INSERT =
      "insert into restore (id, point_id, directory, overwrite) values ($1, $2, $3, $4)";
  private static final String INSERT_DISK =
      """
      insert into restore_disk (restore_id, target, path, size_bytes, root)
      values ($1, $2, $3, $4, $5)\
      """;
  private static final String PLAN =
      "update restore_disk set planned_shards = $3 where restore_id = $1 and target = $2";
  private static final String COMPLETE =
      """
      select coalesce(bool_and(planned_shards is not null and planned_shards =
        (select count(*) from shard where job_id = restore_id
          and shard.target = restore_disk.target and shard.cut = restore.cut
          and index < planned_shards)), false)
      from restore_disk join restore on restore.id = restore_id where restore_id = $1\
      """;

  Future<Void> insert(SqlClient client, RestoreRequested request, Optional<String> pointId) {
    return client
        .preparedQuery(INSERT)
        .execute(
            Tuple.of(
                request.restoreId(),
                pointId.orElse(null),
                request.directory().orElse(null),
                request.overwrite()))
        .mapEmpty();
  }

  Future<Void> insertDisks(SqlClient client, String id, List<RestoreDisk> disks) {
    List<Tuple> rows =
        disks.stream()
            .map(disk -> Tuple.of(id, disk.target(), disk.path(), disk.sizeBytes(), disk.root()))
            .toList();
    return client.preparedQuery(INSERT_DISK).executeBatch(rows).mapEmpty();
  }

  /** Records in how many shards each disk is written, and how these were cut. */
  Future<Void> planned(SqlClient client, RestoreShardsPlanned planned) {
    String id = planned.restoreId();
    List<Tuple> rows =
        planned.shards().entrySet().stream()
            .map(entry -> Tuple.of(id, entry.getKey(), entry.getValue()))
            .toList();
    return client
        .preparedQuery("update restore set cut = $2 where id = $1")
        .execute(Tuple.of(id, planned.cut().orElse(ShardStore.UNNAMED)))
        .compose(done ->
            rows.isEmpty()
                ? Future.succeededFuture()
                : client.preparedQuery(PLAN).executeBatch(rows).mapEmpty());
  }

  /** Whether every shard of every disk is in. */
  Future<Boolean> complete(SqlClient client, String id) {
    return client
        .preparedQuery(COMPLETE)
        .execute(Tuple.of(id))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }
}
