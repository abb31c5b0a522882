package io.tidemark.catalog.job;

import io.tidemark.events.PackDescription;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardRestored;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The table of shards that were reported. The first report of a shard counts, and of the cuts of a
 * job that of its plan.
 */
public final class ShardStore {
  /** The cut of a plan, or a shard, of an extractor that names none. */
  public static final String UNNAMED = "";

  private static final String OF_BACKUP =
      """
      select shard.* from shard join backup on backup.id = job_id and backup.cut = shard.cut
      where job_id = $1 order by target, index\
      """;
  private static final String INSERT =
      """
      insert into shard (job_id, target, index, worker, done_bytes, changed_bytes, zero_bytes,
        stored_bytes, leaves, pack, pack_raw, pack_stored, millis, cut)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing\
      """;

  /** Records a shard of a backup. */
  public Future<Void> extracted(SqlClient client, ShardExtracted shard) {
    JsonObject leaves = new JsonObject();
    shard.leaves().forEach((leaf, ref) -> leaves.put(Long.toString(leaf), ref));
    return insert(
        client,
        shard.backupId(),
        shard.target(),
        shard.index(),
        shard.worker(),
        shard.readBytes(),
        shard.changedBytes(),
        shard.zeroBytes(),
        shard.storedBytes(),
        leaves,
        shard.pack().map(PackDescription::pack).orElse(null),
        shard.pack().map(PackDescription::rawBytes).orElse(null),
        shard.pack().map(PackDescription::storedBytes).orElse(null),
        shard.millis(),
        shard.cut().orElse(UNNAMED));
  }

  /** Records a shard of a restore. */
  public Future<Void> restored(SqlClient client, ShardRestored shard) {
    return insert(
        client,
        shard.restoreId(),
        shard.target(),
        shard.index(),
        shard.worker(),
        shard.writtenBytes() + shard.zeroBytes(),
        0L,
        shard.zeroBytes(),
        0L,
        null,
        null,
        null,
        null,
        shard.millis(),
        shard.cut().orElse(UNNAMED));
  }

  /** The reported shards of a backup that are of its plan. */
  public Future<List<ReportedShard>> of(SqlClient client, String jobId) {
    return client
        .preparedQuery(OF_BACKUP)
        .execute(Tuple.of(jobId))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(ShardStore::shard).toList());
  }

  /** Forgets the leaves of a job's shards: they are in the tree now, or of no use. */
  public Future<Void> dropLeaves(SqlClient client, String jobId) {
    return client
        .preparedQuery("update shard set leaves = null where job_id = $1")
        .execute(Tuple.of(jobId))
        .mapEmpty();
  }

  private static Future<Void> insert(SqlClient client, Object... values) {
    return client.preparedQuery(INSERT).execute(Tuple.wrap(Arrays.asList(values))).mapEmpty();
  }

  private static ReportedShard shard(Row row) {
    Map<Long, String> leaves =
        Optional.ofNullable(row.getJsonObject("leaves")).orElseGet(JsonObject::new).stream()
            .collect(
                Collectors.toMap(
                    leaf -> Long.valueOf(leaf.getKey()), leaf -> (String) leaf.getValue()));
    Optional<PackDescription> pack =
        Optional.ofNullable(row.getString("pack"))
            .map(
                id -> new PackDescription(id, row.getLong("pack_raw"), row.getLong("pack_stored")));
    return new ReportedShard(
        row.getString("target"),
        leaves,
        row.getLong("done_bytes"),
        row.getLong("changed_bytes"),
        row.getLong("zero_bytes"),
        row.getLong("stored_bytes"),
        pack);
  }
}
