package io.tidemark.catalog.point;

import io.tidemark.catalog.store.Words;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** The tables of restore points, their disks and packs: reading, and adding what is sealed. */
public final class PointStore {
  private static final String INSERT =
      """
      insert into point (id, domain_uuid, vm, hypervisor, parent, kind, state, consistency,
        checkpoint, domain_xml, created_at, sealed_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      on conflict (id) do update set parent = excluded.parent, kind = excluded.kind,
        state = excluded.state, consistency = excluded.consistency,
        checkpoint = excluded.checkpoint, domain_xml = excluded.domain_xml,
        created_at = excluded.created_at, sealed_at = excluded.sealed_at
      where point.state = 'forgotten'\
      """;
  private static final String INSERT_DISK =
      """
      insert into point_disk (point_id, target, position, size_bytes, root, checkpointed, mode,
        reason, source, format, read_bytes, changed_bytes, zero_bytes, stored_bytes)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
      on conflict do nothing\
      """;
  private static final String INSERT_PACK =
      """
      insert into pack (id, raw_bytes, stored_bytes) values ($1, $2, $3)
      on conflict (id) do update set raw_bytes = coalesce(pack.raw_bytes, excluded.raw_bytes),
        stored_bytes = coalesce(pack.stored_bytes, excluded.stored_bytes)\
      """;
  private static final String REFER =
      "insert into point_pack (point_id, pack_id) select $1, unnest($2::text[])"
          + " on conflict do nothing";
  private static final String INHERIT =
      """
      insert into point_pack (point_id, pack_id)
      select $1, pack_id from point_pack where point_id = $2 on conflict do nothing\
      """;
  private static final String PARENT =
      """
      select * from point where domain_uuid = $1 and state = 'sealed' and id <> all($2)
        and not exists (select from point_pack join pack on pack.id = pack_id
          where point_id = point.id and pack.damaged)
      order by created_at desc, id limit 1 for share\
      """;
  private static final String PRESENT = "state in ('sealed', 'damaged')";
  private static final String NEWEST_FIRST = " order by created_at desc, id";

  /** The point that the domain's next backup builds on; held until the transaction ends. */
  public Future<Optional<Point>> parentFor(
      SqlClient transaction, String domainUuid, Collection<String> except) {
    return select(transaction, PARENT, Tuple.of(domainUuid, (Object) except.toArray(String[]::new)))
        .map(points -> points.stream().findFirst());
  }

  /** The point of exactly that id, in any state. */
  public Future<Optional<Point>> get(SqlClient client, String id) {
    return select(client, "select * from point where id = $1", Tuple.of(id))
        .map(points -> points.stream().findFirst());
  }

  /** The points of these ids, in any state. */
  public Future<List<Point>> get(SqlClient client, Collection<String> ids) {
    return ids.isEmpty()
        ? Future.succeededFuture(List.of())
        : select(
            client, "select * from point where id = any($1)", Tuple.of(ids.toArray(String[]::new)));
  }

  /** Points whose id begins so, at most two: enough to know whether it is one. */
  public Future<List<Point>> byPrefix(SqlClient client, String prefix) {
    return select(
        client,
        "select * from point where starts_with(id, $1) and state <> 'forgetting'"
            + NEWEST_FIRST
            + " limit 2",
        Tuple.of(prefix));
  }

  /** Every point that is there, newest first. */
  public Future<List<Point>> present(SqlClient client) {
    return select(client, "select * from point where " + PRESENT + NEWEST_FIRST, Tuple.tuple());
  }

  /** The points of a domain that are there, newest first. */
  public Future<List<Point>> ofDomain(SqlClient client, String domainUuid) {
    return select(
        client,
        "select * from point where domain_uuid = $1 and " + PRESENT + NEWEST_FIRST,
        Tuple.of(domainUuid));
  }

  /** The newest point of every domain, by the domain's UUID. */
  public Future<Map<String, Point>> latest(SqlClient client) {
    return select(
            client,
            "select distinct on (domain_uuid) * from point where "
                + PRESENT
                + " order by domain_uuid, created_at desc, id",
            Tuple.tuple())
        .map(points -> {
          Map<String, Point> latest = new HashMap<>();
          points.forEach(point -> latest.put(point.domainUuid(), point));
          return latest;
        });
  }

  /** The ids of points in that state. */
  public Future<List<String>> ids(SqlClient client, PointState state) {
    return client
        .preparedQuery("select id from point where state = $1 order by id")
        .execute(Tuple.of(Words.of(state)))
        .map(rows ->
            StreamSupport.stream(rows.spliterator(), false).map(row -> row.getString(0)).toList());
  }

  /** Adds a point, its disks and the packs it refers to: its own, and all of its parent's. */
  public Future<Void> add(SqlClient transaction, Point point, List<PackRow> packs) {
    return transaction
        .preparedQuery(INSERT)
        .execute(row(point))
        .compose(inserted -> addDisks(transaction, point))
        .compose(inserted -> addPacks(transaction, point.id(), packs))
        .compose(inserted ->
            transaction
                .preparedQuery(INHERIT)
                .execute(Tuple.of(point.id(), point.parent().orElse(null))))
        .mapEmpty();
  }

  private static Future<Void> addDisks(SqlClient transaction, Point point) {
    List<Tuple> rows = new ArrayList<>();
    for (PointDisk disk : point.disks()) {
      rows.add(
          Tuple.wrap(
              java.util.Arrays.asList(
                  point.id(),
                  disk.target(),
                  rows.size(),
                  disk.sizeBytes(),
                  disk.root(),
                  disk.checkpointed(),
                  Words.of(disk.mode()),
                  disk.reason().orElse(null),
                  disk.source(),
                  disk.format(),
                  disk.readBytes(),
                  disk.changedBytes(),
                  disk.zeroBytes(),
                  disk.storedBytes())));
    }
    return rows.isEmpty()
        ? Future.succeededFuture()
        : transaction.preparedQuery(INSERT_DISK).executeBatch(rows).mapEmpty();
  }

  private static Future<Void> addPacks(SqlClient transaction, String id, List<PackRow> packs) {
    if (packs.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Tuple> rows = packs.stream().map(PackRow::tuple).toList();
    String[] ids = packs.stream().map(PackRow::id).toArray(String[]::new);
    return transaction
        .preparedQuery(INSERT_PACK)
        .executeBatch(rows)
        .compose(added -> transaction.preparedQuery(REFER).execute(Tuple.of(id, (Object) ids)))
        .mapEmpty();
  }

  private static Tuple row(Point point) {
    return Tuple.wrap(
        java.util.Arrays.asList(
            point.id(),
            point.domainUuid(),
            point.vm(),
            point.hypervisor(),
            point.parent().orElse(null),
            Words.of(point.kind()),
            Words.of(point.state()),
            point.consistency(),
            point.checkpoint().orElse(null),
            point.domainXml(),
            point.createdAt().atOffset(ZoneOffset.UTC),
            point.sealedAt().atOffset(ZoneOffset.UTC)));
  }

  private static Future<List<Point>> select(SqlClient client, String sql, Tuple arguments) {
    return client
        .preparedQuery(sql)
        .execute(arguments)
        .compose(points -> {
          String[] ids =
              StreamSupport.stream(points.spliterator(), false)
                  .map(row -> row.getString("id"))
                  .toArray(String[]::new);
          if (ids.length == 0) {
            return Future.succeededFuture(List.of());
          }
          return client
              .preparedQuery("select * from point_disk where point_id = any($1) order by position")
              .execute(Tuple.of(ids))
              .map(disks -> PointRows.points(points, disks));
        });
  }
}
