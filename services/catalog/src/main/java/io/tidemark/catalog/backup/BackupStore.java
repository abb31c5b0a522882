package io.tidemark.catalog.backup;

import io.tidemark.catalog.job.ShardStore;
import io.tidemark.catalog.store.Database;
import io.tidemark.catalog.store.Words;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.DiskMode;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.ShardsPlanned;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The tables of backups and their disks. */
final class BackupStore {
  private static final String INSERT =
      "insert into backup (id, domain_uuid, full_read, disks) values ($1, $2, $3, $4)";
  private static final String NEXT_QUEUED =
      """
      select job.id from backup join job using (id)
      where backup.domain_uuid = $1 and job.state = 'queued'
      and not exists (select from backup other where other.domain_uuid = $1 and other.holds_domain)
      order by job.created_at, job.id limit 1\
      """;
  private static final String STARTED =
      """
      update backup set parent = $2, checkpoint = $3, consistency = $4, instant = $5,
        domain_xml = $6 where id = $1\
      """;
  private static final String INSERT_DISK =
      """
      insert into backup_disk (backup_id, target, position, source, format, size_bytes, mode,
        reason, checkpointed, parent_size, parent_root)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)\
      """;
  private static final String PLAN =
      """
      update backup_disk set mode = $3, reason = $4, planned_shards = $5
      where backup_id = $1 and target = $2\
      """;
  private static final String COMPLETE =
      """
      select coalesce(bool_and(planned_shards is not null and planned_shards =
        (select count(*) from shard where job_id = backup_id and shard.target = backup_disk.target
          and shard.cut = backup.cut and index < planned_shards)), false)
      from backup_disk join backup on backup.id = backup_id where backup_id = $1\
      """;
  private static final String OVERDUE_HOLDERS =
      """
      select job.id from backup join job using (id) where holds_domain
      and job.ended_at < clock_timestamp() - make_interval(secs => $1)\
      """;

  Future<Void> insert(
      SqlClient client, String id, Optional<String> domain, boolean full, List<String> disks) {
    return client
        .preparedQuery(INSERT)
        .execute(Tuple.of(id, domain.orElse(null), full, disks.toArray(String[]::new)))
        .mapEmpty();
  }

  Future<Backup> get(SqlClient client, String id) {
    return client
        .preparedQuery("select * from backup where id = $1")
        .execute(Tuple.of(id))
        .map(rows -> backup(rows.iterator().next()));
  }

  /** The domain's oldest queued backup, if it has no other under way. */
  Future<Optional<String>> nextQueued(SqlClient transaction, String domainUuid) {
    return transaction
        .preparedQuery(NEXT_QUEUED)
        .execute(Tuple.of(domainUuid))
        .map(rows -> Database.first(rows, row -> row.getString(0)));
  }

  /** The backup takes its domain, and builds on {@code parent}. */
  Future<Void> hold(SqlClient transaction, String id, Optional<String> parent) {
    return transaction
        .preparedQuery("update backup set holds_domain = true, parent = $2 where id = $1")
        .execute(Tuple.of(id, parent.orElse(null)))
        .mapEmpty();
  }

  Future<Void> release(SqlClient transaction, String id) {
    return transaction
        .preparedQuery("update backup set holds_domain = false where id = $1")
        .execute(Tuple.of(id))
        .mapEmpty();
  }

  Future<Void> jobEnded(SqlClient transaction, String id) {
    return transaction
        .preparedQuery("update backup set job_ended = true where id = $1")
        .execute(Tuple.of(id))
        .mapEmpty();
  }

  /** Ended backups whose libvirt job should have been reported closed by now. */
  Future<List<String>> overdueHolders(Database database, Duration limit) {
    return database
        .query(OVERDUE_HOLDERS, Tuple.of(limit.toMillis() / 1000.0))
        .map(BackupStore::ids);
  }

  /** Backups that are to be sealed. */
  Future<List<String>> sealing(Database database) {
    return database
        .query(
            "select id from job where state = 'running' and type = 'backup' and stage = 'sealing'",
            Tuple.tuple())
        .map(BackupStore::ids);
  }

  /** Records the instant, and the disks as they were then. */
  Future<Void> started(SqlClient transaction, BackupStarted started, Optional<String> parent) {
    List<Tuple> disks = new ArrayList<>();
    for (BackupDisk disk : started.disks()) {
      disks.add(disk(started.backupId(), disks.size(), disk));
    }
    return transaction
        .preparedQuery(STARTED)
        .execute(
            Tuple.of(
                started.backupId(),
                parent.orElse(null),
                started.checkpoint().orElse(null),
                Words.of(started.consistency()),
                started.instant().atOffset(ZoneOffset.UTC),
                started.domainXml()))
        .compose(updated -> transaction.preparedQuery(INSERT_DISK).executeBatch(disks).mapEmpty());
  }

  /** Records how each disk is read, in how many shards, and how these were cut. */
  Future<Void> planned(SqlClient transaction, ShardsPlanned planned) {
    String id = planned.backupId();
    List<Tuple> rows =
        planned.disks().stream()
            .map(plan ->
                Tuple.of(
                    id,
                    plan.target(),
                    Words.of(plan.mode()),
                    plan.reason().orElse(null),
                    plan.shards()))
            .toList();
    return transaction
        .preparedQuery("update backup set cut = $2 where id = $1")
        .execute(Tuple.of(id, planned.cut().orElse(ShardStore.UNNAMED)))
        .compose(done ->
            rows.isEmpty()
                ? Future.succeededFuture()
                : transaction.preparedQuery(PLAN).executeBatch(rows).mapEmpty());
  }

  /** Whether every shard of every disk is in. */
  Future<Boolean> complete(SqlClient transaction, String id) {
    return transaction
        .preparedQuery(COMPLETE)
        .execute(Tuple.of(id))
        .map(rows -> rows.iterator().next().getBoolean(0));
  }

  Future<List<DiskRow>> disks(SqlClient client, String id) {
    return client
        .preparedQuery("select * from backup_disk where backup_id = $1 order by position")
        .execute(Tuple.of(id))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(BackupStore::disk).toList());
  }

  private static Tuple disk(String id, int position, BackupDisk disk) {
    return Tuple.wrap(
        Arrays.asList(
            id,
            disk.target(),
            position,
            disk.source(),
            disk.format(),
            disk.sizeBytes(),
            Words.of(disk.mode()),
            disk.reason().orElse(null),
            disk.checkpointed(),
            disk.parent().map(ParentDisk::sizeBytes).orElse(0L),
            disk.parent().map(ParentDisk::root).orElse("nil")));
  }

  private static DiskRow disk(Row row) {
    return new DiskRow(
        row.getString("target"),
        row.getString("source"),
        row.getString("format"),
        row.getLong("size_bytes"),
        Words.parse(DiskMode.class, row.getString("mode")),
        Optional.ofNullable(row.getString("reason")),
        row.getBoolean("checkpointed"),
        row.getLong("parent_size"),
        row.getString("parent_root"));
  }

  private static Backup backup(Row row) {
    return new Backup(
        row.getBoolean("full_read"),
        List.of(row.getArrayOfStrings("disks")),
        Optional.ofNullable(row.getString("parent")),
        Optional.ofNullable(row.getString("checkpoint")),
        Optional.ofNullable(row.getString("consistency")),
        Optional.ofNullable(row.getOffsetDateTime("instant")).map(OffsetDateTime::toInstant),
        Optional.ofNullable(row.getString("domain_xml")),
        row.getBoolean("job_ended"));
  }

  private static List<String> ids(Iterable<Row> rows) {
    return StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList();
  }
}
